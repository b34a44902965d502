using System.Diagnostics;
using System.Globalization;
using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Training.Networks;

namespace FastRbm.Benchmarks.Networks;

/// <summary>Updates of networks: JEM beside PyTorch in turns, and plain training beside the limit of the multipliers.</summary>
internal static class NetworksCommand
{
    private const int Updates = 60;

    public const string Usage = "[--threads N] [--rounds N] [--peer FORM] [--python PATH] [--layers 500,500,2000] [--batch N]";

    /// <summary>Runs the command.</summary>
    public static int Run(string[] arguments)
    {
        Dictionary<string, string> options = Parse(arguments);
        int threads = int.Parse(options.GetValueOrDefault("--threads", "2"), CultureInfo.InvariantCulture);
        int rounds = int.Parse(options.GetValueOrDefault("--rounds", "8"), CultureInfo.InvariantCulture);
        double peak = Roofline.Peak(SimdSelection.Current);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"multiply-add peak of a core: {peak:F0} GFLOP/s at {SimdSelection.Current}; {threads} threads"));
        Jem(options, threads, rounds, peak);
        Classifier(options, threads, rounds, peak);
        return 0;
    }

    private static void Jem(Dictionary<string, string> options, int threads, int rounds, double peak)
    {
        RandomRows rows = new(6000, 784, 10);
        EnergyNetwork model = new(Network.Random([784, 256, 256, 10], UnitFunction.Swish, 1), new EnergyNetworkOptions());
        using JemTrainer trainer = new(model, rows, new JemOptions { Epochs = 100_000, Threads = threads, DivergenceLimit = 1e12, Optimizer = new OptimizerOptions { LearningRate = Training.LearningRateSchedule.Constant(1e-4) } });
        using Process? peer = options.TryGetValue("--peer", out string? form) ? Start(options, form, threads) : null;
        List<double> own = [];
        List<double> other = [];
        for (int round = 0; round <= rounds; round++)
        {
            double milliseconds = Time(trainer.Step, threads == 1);
            double theirs = double.NaN;
            if (peer is not null)
            {
                peer.StandardInput.WriteLine();
                theirs = double.Parse(peer.StandardOutput.ReadLine() ?? "NaN", CultureInfo.InvariantCulture);
            }

            if (round > 0)
            {
                own.Add(milliseconds);
                other.Add(theirs);
            }
        }

        // Forward and back to the inputs a Langevin step; forward, back and weights of 128 rows.
        const double Products = 2.0 * ((784 * 256) + (256 * 256) + (256 * 10));
        double work = ((20 * 64 * 2 * Products) + (128 * ((3 * Products) - (2 * 784 * 256)))) / 1e9;
        Report("JEM 784-256-256-10, batch 64, 20 steps", own, work, threads * peak);
        if (peer is not null)
        {
            Report($"PyTorch, {form}", other, work, threads * peak);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio: best {other.Min() / own.Min():F2}, median {Median(other) / Median(own):F2}"));
            peer.StandardInput.Close();
        }
    }

    private static void Classifier(Dictionary<string, string> options, int threads, int rounds, double peak)
    {
        int batch = int.Parse(options.GetValueOrDefault("--batch", "100"), CultureInfo.InvariantCulture);
        int[] sizes = [784, .. options.GetValueOrDefault("--layers", "500,500,2000").Split(',').Select(static n => int.Parse(n, CultureInfo.InvariantCulture)), 10];
        RandomRows rows = new(6000, 784, 10);
        foreach (OptimizerKind kind in (OptimizerKind[])[OptimizerKind.Adam, OptimizerKind.Nesterov])
        {
            using ClassifierTrainer trainer = new(Network.Random(sizes, UnitFunction.Sigmoid, 1), rows, new ClassifierOptions
            {
                Epochs = 100_000,
                BatchSize = batch,
                Threads = threads,
                Optimizer = new OptimizerOptions { Kind = kind, LearningRate = Training.LearningRateSchedule.Constant(1e-4) },
            });
            List<double> times = [];
            Time(trainer.Step, threads == 1);
            for (int round = 0; round < rounds; round++)
            {
                times.Add(Time(trainer.Step, threads == 1));
            }

            double products = sizes.Zip(sizes.Skip(1), static (a, b) => 2.0 * a * b).Sum();
            double work = batch * ((3 * products) - (2.0 * sizes[0] * sizes[1])) / 1e9;
            Report($"classifier {string.Join('-', sizes)}, batch {batch}, {kind}", times, work, threads * peak);
        }
    }

    private static double Time(Action step, bool processor)
    {
        // Processor time: other work beside this one doesn't count. With several threads it counts all of them, waiting too.
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        for (int update = 0; update < Updates; update++)
        {
            step();
        }

        double wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds / Updates;
        return processor ? (Environment.CpuUsage.TotalTime - used).TotalMilliseconds / Updates : wall;
    }

    private static void Report(string name, List<double> times, double work, double peak) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: best {times.Min():F2} ms, median {Median(times):F2} ms, {work / times.Min() * 1e3:F0} GFLOP/s, {100 * work / times.Min() * 1e3 / peak:F0} % of the peak"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static Process Start(Dictionary<string, string> options, string form, int threads)
    {
        ProcessStartInfo start = new(options.GetValueOrDefault("--python", "python3")) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(options.GetValueOrDefault("--peers", "benchmarks/peers"), "jem_peer.py"));
        start.ArgumentList.Add(form);
        start.ArgumentList.Add(threads.ToString(CultureInfo.InvariantCulture));
        start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        start.Environment["ATEN_CPU_CAPABILITY"] = "avx512";
        return Process.Start(start) ?? throw new IOException($"{start.FileName}: expected a process, found none.");
    }

    private static Dictionary<string, string> Parse(string[] arguments)
    {
        Dictionary<string, string> options = [];
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Length)
            {
                throw new UsageException($"networks: expected {Usage}, found \"{arguments[i]}\"");
            }

            options[arguments[i]] = arguments[i + 1];
        }

        return options;
    }

    private sealed class RandomRows : ILabelledRows
    {
        private readonly float[] _values;
        private readonly byte[] _labels;

        public RandomRows(int rows, int columns, int classes)
        {
            Rows = rows;
            Columns = columns;
            _labels = [.. Enumerable.Range(0, rows).Select(row => (byte)(row % classes))];
            Network noise = Network.Random([rows * columns / 1000, 1000], UnitFunction.Linear, 3);
            _values = [.. noise.Layers[0].Weights.ToArray().Cast<float>().Select(static value => Math.Clamp(value * 20, 0, 1))];
        }

        public int Rows { get; }

        public int Columns { get; }

        public bool IsBinary => false;

        public ReadOnlyMemory<byte> Labels => _labels;

        public void CopyBits(int row, Span<ulong> destination) => throw new InvalidOperationException();

        public void CopyMeans(int row, Span<float> destination) => _values.AsSpan(row * Columns, Columns).CopyTo(destination);
    }
}
