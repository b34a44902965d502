using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FastRbm.Evaluation;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Testing;
using FastRbm.Training;
using FastRbm.Training.Objectives;

namespace FastRbm.Tests.Repository;

/// <summary>The inner loops of the kernels are straight vector code: shown by the machine code that the runtime makes of them.</summary>
public sealed class CodeShapeTests
{
    private const string ChildVariable = "FASTRBM_TEST_CODE_SHAPE_CHILD";
    private const string Fused = @"^vfmadd\d+ps\s.*{r}";
    private const string AddFromMemory = @"^vpaddd\s.*{r}word ptr";

    /// <summary>The methods whose listing is asked for.</summary>
    private const string Listed = "*MicroKernel:Run* *RowKernel:Run* *HalfStep:Sum* *WeightUpdate:MoveTile* *ElementaryKernels:Run* *StateProducts:Tiles* *StateMoments:ByFours* *FlipProduct:* *FlipGradient:Flips* *SoftplusSteps:Add* *PlantedLoops:*";

    /// <summary>The kernels that the time goes into. A kernel that is renamed is renamed here and in the line above.</summary>
    private static readonly LoopShape[] _kernels =
    [
        new(@"MicroKernel:Run.*Counts\+N6,.*Counts\+N2", Fused, 12, 12),
        new(@"MicroKernel:Run.*Counts\+N12,.*Counts\+N2", Fused, 0, 24),
        new(@"RowKernel:Run.*Simd{bits}", Fused, 8, 8),
        new(@"HalfStep:Sum", AddFromMemory, 8, 4),
        new(@"WeightUpdate:MoveTile", AddFromMemory, 8, 4),
        new(@"ElementaryKernels:Run.*SigmoidFunction", Fused, 5, 5),
        new(@"SoftplusSteps:Add", Fused, 10, 10),
        new(@"StateProducts:Tiles", @"^vmulpd\s.*{r}", 8, 8),
        new(@"StateMoments:ByFours", @"^vmulpd\s.*{r}", 13, 13),
        new(@"FlipProduct:Half", @"^vfmadd\d+pd\s.*{r}", 8, 0),
        new(@"FlipProduct:Wide", @"^vfmadd\d+pd\s.*{r}", 0, 4),
        new(@"FlipGradient:Flips", Fused, 3, 3),
    ];

    [Fact]
    public void Inner_loops_of_kernels_are_vectors_of_256_bits_without_calls_and_range_checks() => AssertShapes(256);

    [Fact]
    public void Inner_loops_of_kernels_are_vectors_of_512_bits_without_calls_and_range_checks() => AssertShapes(512);

    [Fact]
    public void A_call_or_a_range_check_in_a_loop_is_found()
    {
        IReadOnlyList<CompiledMethod> methods = Listing(256);
        Assert.Empty(Of("Straight"));
        Assert.Contains("PlantedLoops:Offset", Assert.Single(Of("WithCall")), StringComparison.Ordinal);
        Assert.Contains("PlantedLoops:Offset", Assert.Single(Of("WithRareCall")), StringComparison.Ordinal);
        Assert.Contains("CORINFO_HELP_RNGCHKFAIL", Assert.Single(Of("WithRangeCheck")), StringComparison.Ordinal);
        Assert.Contains("found at most 0", Assert.Single(Of("Scalar")), StringComparison.Ordinal);
        Assert.Contains("no method matches", Assert.Single(Of("Renamed")), StringComparison.Ordinal);

        IEnumerable<string> Of(string method) => new LoopShape($"PlantedLoops:{method}\\(", AddFromMemory, 1, 1).Violations(methods, 256);
    }

    [Fact]
    public void Runs_the_kernels_when_asked_to()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(ChildVariable) is null, "The other half of the tests of machine code.");
        PlantedLoops.RunAll();
        Matrix a = new(30, 70);
        Matrix b = new(70, 300);
        Matrix c = new(30, 300);
        FloatGemm.Multiply(SimdSelection.Current, GemmLayout.NN, new GemmWorkspace(), a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D());
        FloatGemm.Multiply(SimdSelection.Current, GemmLayout.NN, new GemmWorkspace(), a.AsSpan2D()[..6, ..], b.AsSpan2D(), c.AsSpan2D()[..6, ..]);
        FloatGemm.Multiply(SimdSelection.Current, GemmLayout.NN, new GemmWorkspace(), a.AsSpan2D()[..1, ..], b.AsSpan2D(), c.AsSpan2D()[..1, ..]);
        ElementaryKernels.Sigmoid(SimdSelection.Current, a.Row(0), a.Row(0));
        TestRows rows = new([.. Enumerable.Range(0, 8).Select(static row => Enumerable.Range(0, 200).Select(unit => (unit + row) % 3 == 0).ToArray())]);
        using Trainer trainer = new(Rbm.Binary(200, 130), rows, new TrainingOptions { BatchSize = 4, Threads = 1 });
        trainer.Step();
        using ExactMoments moments = new(20, 5);
        moments.Compute(Rbm.Binary(20, 5));
        using PseudoLikelihoodObjective objective = new(Rbm.Binary(20, 40), 4, threads: 1);
        objective.Gradient(new BitMatrix(4, 20), 4, [], new Matrix(20, 40), new Matrix(1, 20), new Matrix(1, 40));
        AnnealedImportanceSampling.Estimate(Rbm.Binary(20, 5), new AnnealingOptions { Runs = 2, Schedule = AnnealingSchedule.Linear(3) });
    }

    private static void AssertShapes(int bits)
    {
        IReadOnlyList<CompiledMethod> methods = Listing(bits);
        Findings.None([.. _kernels.SelectMany(kernel => kernel.Violations(methods, bits))]);
    }

    /// <summary>What a process that runs the kernels at a level is compiled to.</summary>
    private static IReadOnlyList<CompiledMethod> Listing(int bits)
    {
        Assert.SkipWhen(RuntimeInformation.ProcessArchitecture != Architecture.X64, "The instructions that are looked for are those of x64.");
        Assert.SkipUnless(bits == 512 ? Vector512.IsHardwareAccelerated : Vector256.IsHardwareAccelerated, $"This machine has no vectors of {bits} bits.");
        Assert.SkipWhen(
            typeof(Rbm).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true },
            "A debug build isn't optimised: run the tests with -c Release.");
        using TemporaryDirectory directory = new();
        string file = directory.File("listing.txt");
        string program = Path.Combine(AppContext.BaseDirectory, "FastRbm.Tests.dll");
        string method = $"{typeof(CodeShapeTests).FullName}.{nameof(Runs_the_kernels_when_asked_to)}";
        ProcessStartInfo start = new("dotnet", ["exec", program, "--filter-method", method]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment[ChildVariable] = "1";
        start.Environment[SimdSelection.VariableName] = bits.ToString(CultureInfo.InvariantCulture);
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_JitDisasm"] = Listed;
        start.Environment["DOTNET_JitStdOutFile"] = file;
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, output);
        return MachineCode.Parse(File.ReadAllText(file));
    }
}
