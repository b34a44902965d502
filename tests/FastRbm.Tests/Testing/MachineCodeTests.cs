using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed class MachineCodeTests
{
    // Two nested loops; the inner one has a rare path that lies after the method's end and jumps back, and a range check.
    private const string Listing = """
        ; Assembly listing for method Some.Type:Sum[int](ptr,int):int (FullOpts)
        ; Emitting BLENDED_CODE for generic X64 + VEX on Unix

        G_M000_IG01:                ;; offset=0x0000
               push     rbp

        G_M000_IG02:                ;; offset=0x0004
               xor      eax, eax
               align    [2 bytes for IG03]

        G_M000_IG03:                ;; offset=0x0010
               vpaddd   ymm0, ymm0, ymmword ptr [rdi]
               cmp      ecx, edx
               jae      SHORT G_M000_IG08
               test     eax, eax
               je       SHORT G_M000_IG07

        G_M000_IG04:                ;; offset=0x0020
               dec      ecx
               jne      SHORT G_M000_IG03

        G_M000_IG05:                ;; offset=0x0030
               call     [Some.Type:BetweenTheLoops():int]
               dec      esi
               jg       SHORT G_M000_IG02

        G_M000_IG06:                ;; offset=0x0040
               vzeroupper
               ret

        G_M000_IG07:                ;; offset=0x0050
               call     [Some.Type:Rare():int] ; a comment
               jmp      SHORT G_M000_IG04

        G_M000_IG08:                ;; offset=0x0060
               call     CORINFO_HELP_RNGCHKFAIL
               int3

        ; Total bytes of code 100

        ; Assembly listing for method Some.Type:Nothing() (Tier0)

        G_M000_IG01:                ;; offset=0x0000
               ret

        ; Total bytes of code 1
        """;

    [Fact]
    public void Methods_and_their_innermost_loops_are_read_with_paths_that_lie_elsewhere()
    {
        IReadOnlyList<CompiledMethod> methods = MachineCode.Parse(Listing);
        Assert.Equal(["Some.Type:Sum[int](ptr,int):int", "Some.Type:Nothing()"], methods.Select(static method => method.Name));
        Assert.Empty(methods[1].InnermostLoops());
        MachineLoop loop = Assert.Single(methods[0].InnermostLoops());
        Assert.Equal(1, loop.Count(@"^vpaddd\s.*ymmword ptr"));
        Assert.Equal(0, loop.Count("BetweenTheLoops"));
        Assert.Equal(["call     [Some.Type:Rare():int]", "call     CORINFO_HELP_RNGCHKFAIL"], loop.Interruptions());
    }

    [Fact]
    public void An_ordinary_call_after_a_loop_is_no_interruption()
    {
        string without = Listing.Replace("CORINFO_HELP_RNGCHKFAIL", "[Some.Type:After()]", StringComparison.Ordinal);
        MachineLoop loop = Assert.Single(MachineCode.Parse(without)[0].InnermostLoops());
        Assert.Equal(["call     [Some.Type:Rare():int]"], loop.Interruptions());
    }
}
