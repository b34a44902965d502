using System.Globalization;
using System.Text.RegularExpressions;
using FastRbm.Testing;

namespace FastRbm.Tests.Repository;

/// <summary>What the machine code of a kernel's inner loop must look like: vector instructions in number, and no calls or range checks.</summary>
/// <param name="Method">A regular expression for compiled methods, {bits} being the width; every match is held to this.</param>
/// <param name="Instruction">A regular expression for the instruction that the loop is for; {r} is the vector register, ymm or zmm.</param>
/// <param name="At256">How many an inner loop has at 256 bits; 0 when the method isn't compiled for them.</param>
/// <param name="At512">How many an inner loop has at 512 bits.</param>
internal sealed record LoopShape(string Method, string Instruction, int At256, int At512)
{
    /// <summary>What is wrong with the compiled methods, in words.</summary>
    /// <param name="methods">The listing.</param>
    /// <param name="bits">256 or 512.</param>
    public IEnumerable<string> Violations(IReadOnlyList<CompiledMethod> methods, int bits)
    {
        string instruction = Instruction.Replace("{r}", bits == 512 ? "zmm" : "ymm", StringComparison.Ordinal);
        int least = bits == 512 ? At512 : At256;
        string pattern = Method.Replace("{bits}", bits.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        if (least == 0)
        {
            yield break;
        }

        CompiledMethod[] held = [.. methods.Where(method => Regex.IsMatch(method.Name, pattern))];
        if (held.Length == 0)
        {
            yield return $"{bits} bits: no method matches {pattern}; the kernel has another name or wasn't compiled";
        }

        foreach (CompiledMethod method in held)
        {
            // The compiler may make two loops of one, with and without range checks: both count.
            IReadOnlyList<MachineLoop> loops = method.InnermostLoops();
            MachineLoop[] hot = [.. loops.Where(loop => loop.Count(instruction) >= least)];
            if (hot.Length == 0)
            {
                int most = loops.Select(loop => loop.Count(instruction)).DefaultIfEmpty().Max();
                yield return $"{bits} bits: {method.Name}: expected an inner loop with {least} of {instruction}, found at most {most}";
            }

            foreach (string interruption in hot.SelectMany(static loop => loop.Interruptions()).Distinct())
            {
                yield return $"{bits} bits: {method.Name}: expected inner loops without calls and range checks, found \"{interruption}\"";
            }
        }
    }
}
