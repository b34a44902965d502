using System.Diagnostics;
using System.Reflection;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Tests.Testing;
using FastRbm.Threading;
using FastRbm.Training;

namespace FastRbm.Tests.Repository;

/// <summary>What work costs beside its arithmetic: threads where they can't help, and memory.</summary>
[Collection(AllocationGroup.Name)]
public sealed class ScalingTests
{
    private const int Large = 10_000;

    // What objects take beside their buffers.
    private const long SmallChange = 100_000;

    [Fact]
    public void Tiny_models_start_no_threads_and_large_ones_those_that_are_asked_for()
    {
        using Trainer tiny = new(Rbm.Binary(3, 2), Rows(4, 3), new TrainingOptions { BatchSize = 4, Threads = 2 });
        using ChainSet tinyChains = new(Rbm.Binary(3, 2), 100, seed: 1, threads: 2);
        using Trainer large = new(Rbm.Binary(784, 500), Rows(100, 784), new TrainingOptions { BatchSize = 100, Threads = 2 });
        using ChainSet largeChains = new(Rbm.Binary(784, 500), 100, seed: 1, threads: 2);
        Assert.Equal([1], Teams(tiny));
        Assert.Equal([1], Teams(tinyChains));
        Assert.Equal([2], Teams(large));
        Assert.Equal([2], Teams(largeChains));
    }

    [Theory]
    [InlineData(784, 500, 100, 1)]
    [InlineData(784, 500, 10, 2)]
    [InlineData(2000, 3000, 50, 2)]
    [InlineData(700, 64, 1000, 2)]
    public void Memory_is_the_documented_function_of_model_and_batch(int visible, int hidden, int batch, int threads)
    {
        TestRows rows = Rows(3000, visible);
        Rbm? rbm = null;
        long model = Allocated(() => rbm = Rbm.Binary(visible, hidden));
        long chains = Allocated(() => new ChainSet(rbm!, batch, seed: 1, threads).Dispose());
        TrainingOptions options = new() { BatchSize = batch, Threads = threads };
        long contrastive = Allocated(() => new Trainer(rbm!, rows, options).Dispose());
        long persistent = Allocated(() => new Trainer(rbm!, rows, options with { Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence }).Dispose());
        long formula = MemoryFormula.Trainer(visible, hidden, batch, batch, rows.Rows, options.MonitorRows, threads);
        AssertNear(MemoryFormula.Model(visible, hidden), model, "model");
        AssertNear(MemoryFormula.Chains(visible, hidden, batch, threads), chains, "chains");
        AssertNear(formula, contrastive, "CD");
        AssertNear(
            MemoryFormula.Trainer(visible, hidden, batch, batch, rows.Rows, options.MonitorRows, threads, persistent: true), persistent, "PCD");

        TestRows between = new(Enumerable.Range(0, 3000).Select(_ => Enumerable.Repeat(0.5f, visible).ToArray()));
        long values = Allocated(() => new Trainer(rbm!, between, options with { Binarization = Binarization.None }).Dispose());
        AssertNear(formula + MemoryFormula.Values(visible, hidden, batch, threads), values, "CD with values in between");
    }

    [Fact]
    public void More_data_take_four_bytes_a_row()
    {
        Rbm rbm = Rbm.Binary(100, 60);
        TrainingOptions options = new() { BatchSize = 10, Threads = 1 };
        TestRows few = Rows(3_000, 100);
        TestRows many = Rows(30_000, 100);
        Allocated(() => new Trainer(rbm, few, options).Dispose());
        long difference = Allocated(() => new Trainer(rbm, many, options).Dispose()) - Allocated(() => new Trainer(rbm, few, options).Dispose());
        Assert.InRange(difference, 4 * 27_000, (4 * 27_000) + 1_000);
    }

    [Fact]
    public void A_model_of_ten_thousand_by_ten_thousand_trains_in_the_documented_memory()
    {
        const int Batch = 10;
        long formula = MemoryFormula.Model(Large, Large) + MemoryFormula.Trainer(Large, Large, Batch, Batch, Batch, 2_000, threads: 2);
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long free = memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes;
        Assert.SkipWhen(free < formula + (1L << 30), $"This needs {formula >> 20} MB and some to spare; {free >> 20} MB are free.");
        Assert.SkipWhen(
            typeof(Rbm).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true }, "A debug build takes minutes: run the tests with -c Release.");
        long allocated = Allocated(() =>
        {
            TestRows rows = Rows(Batch, Large);
            Rbm rbm = Rbm.Binary(Large, Large);
            using Trainer trainer = new(rbm, rows, new TrainingOptions { BatchSize = Batch, Epochs = 1, Threads = 2, LearningRate = LearningRateSchedule.Constant(0.1), Centring = Centring.None });
            trainer.Step();
            Assert.NotEqual(0, rbm.Weights[0, 0]);
            Assert.NotEqual(0, rbm.Weights[Large - 1, Large - 1]);
        });
        GC.Collect();
        AssertNear(formula + Allocated(() => Rows(Batch, Large)), allocated, "model and trainer");
    }

    private static void AssertNear(long formula, long found, string what) =>
        Assert.True(Math.Abs(found - formula) < (formula / 100) + SmallChange, $"{what}: expected {formula} bytes within a hundredth, found {found}");

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static TestRows Rows(int rows, int columns) =>
        new(Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, columns).Select(unit => ((unit + row) & 1) == 0 ? 1f : 0f).ToArray()));

    /// <summary>The sizes of the thread teams that an object of the library holds, itself or in what it owns.</summary>
    private static List<int> Teams(object owner)
    {
        List<int> members = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance) { owner };
        Queue<object> pending = new([owner]);
        while (pending.TryDequeue(out object? next))
        {
            if (next is ThreadTeam team)
            {
                members.Add(team.Members);
                continue;
            }

            IEnumerable<object?> fields = next.GetType()
                .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(static field => (field.FieldType.IsClass || field.FieldType.IsInterface) && field.FieldType.Assembly == typeof(Rbm).Assembly)
                .Select(field => field.GetValue(next));
            foreach (object value in fields.OfType<object>().Where(seen.Add))
            {
                pending.Enqueue(value);
            }
        }

        return members;
    }
}
