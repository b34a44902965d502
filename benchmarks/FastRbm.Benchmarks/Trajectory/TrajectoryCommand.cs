using System.Diagnostics;
using System.Globalization;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Threading;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Trajectory;

/// <summary>Exchanges with a ladder of models beside training: their cost in updates, or log Z followed while a model is trained.</summary>
internal static class TrajectoryCommand
{
    private const int Batch = 100;
    private const int Rounds = 15;

    /// <summary>Updates before the first rung that is measured with, and from one to the next.</summary>
    private const int RungUpdates = 25;

    /// <summary>Runs what the arguments ask for.</summary>
    /// <param name="arguments">--data NAME, --track HIDDEN.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        int track = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--data" when i + 1 < arguments.Length:
                    Workload.DataName = arguments[++i];
                    break;
                case "--track" when i + 1 < arguments.Length && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out track) && track > 0:
                    i++;
                    break;
                default:
                    throw new UsageException($"trajectory: expected --data NAME or --track HIDDEN, found \"{arguments[i]}\"");
            }
        }

        BitDataset data = Workload.Data();
        if (track > 0)
        {
            Track(data, track);
            return 0;
        }

        Console.WriteLine("| model | threads | rungs | chains a rung | ms an exchange | ms a PCD-1 update | updates an exchange | interval for 10 % |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (int threads in (int[])[1, 2])
        {
            foreach (int hidden in (int[])[20, 500])
            {
                foreach (int rungs in (int[])[10, 20])
                {
                    foreach (int chains in (int[])[100, 20])
                    {
                        Cost(data, hidden, rungs, chains, threads);
                    }
                }
            }
        }

        return 0;
    }

    private static void Cost(BitDataset data, int hidden, int rungs, int chains, int threads)
    {
        using Trainer trainer = new(RbmInitializer.Normal(data, hidden, seed: 1), data, Options(threads, epochs: 1_000_000));
        TrajectoryLadder ladder = new(trainer.Model);
        for (int rung = 1; rung < rungs; rung++)
        {
            Step(trainer, RungUpdates);
            ladder.Add(trainer.Model);
        }

        using ThreadTeam team = new(threads);
        BitMatrix visible = Workload.FirstRows(data, Batch);
        TrajectoryTempering tempering = new(trainer.Model, ladder, Batch, chains, seed: 1, team);
        TrajectoryEngine engine = tempering.Engine;
        for (int chain = 0; chain < chains; chain++)
        {
            visible.Row(chain).CopyTo(engine.Top.Visible.Row(chain));
        }

        // The engine itself: the number of rungs stays.
        double exchange = double.PositiveInfinity;
        double update = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            for (int repeat = 0; repeat < 3; repeat++)
            {
                exchange = Math.Min(exchange, Milliseconds(() => Exchange(engine)));
                update = Math.Min(update, Milliseconds(() => Step(trainer, 5)) / 5);
            }
        }

        double ratio = exchange / update;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| 784x{hidden} | {threads} | {rungs} | {chains} | {exchange:F2} | {update:F3} | {ratio:F1} | {Math.Ceiling(10 * ratio)} |"));
    }

    private static void Track(BitDataset data, int hidden)
    {
        const int Chains = 50;
        const int Most = 20;
        using Trainer trainer = new(RbmInitializer.Normal(data, hidden, seed: 1), data, Options(threads: 1, epochs: 5));
        using ThreadTeam team = new(1);
        TrajectoryTempering tempering = new(trainer.Model, new TrajectoryLadder(trainer.Model), Batch, Chains, seed: 1, team);
        BitMatrix visible = Workload.FirstRows(data, Batch);
        BitMatrix states = new(Batch, hidden);
        RbmWorkspace workspace = new(trainer.Model);
        long next = 1;
        Console.WriteLine("| update | rungs | exact log Z | at the last exchange | its error | measured by 1000 sweeps | its error |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        while (!trainer.IsFinished)
        {
            int epoch = trainer.State.Epoch;
            trainer.Step();
            long update = trainer.State.Update;
            trainer.Model.GibbsStep(visible, states, new RandomKey(1, update), workspace);
            if (update == next)
            {
                tempering.Exchange(visible, states, Most);
                next = update + tempering.Interval;
            }

            if (trainer.State.Epoch != epoch || update is 10 or 100)
            {
                Report(trainer.Model, tempering, visible, states, update);
            }
        }

        Console.WriteLine();
        Console.WriteLine("Exchange rates of neighbours: " + string.Join(
            ' ', tempering.Engine.Pairs.Select(static pair => (pair.Accepted / Math.Max(1.0, pair.Attempts)).ToString("F2", CultureInfo.InvariantCulture))));
    }

    private static void Report(Rbm model, TrajectoryTempering tempering, BitMatrix visible, BitMatrix states, long update)
    {
        tempering.Exchange(visible, states, 1_000_000);
        LogPartitionEstimate quick = tempering.LogPartitionFunction;
        LogPartitionEstimate measured = tempering.Measure(visible, 1000);
        double exact = model.Hidden.Count > ExactPartitionFunction.MaxUnits
            ? double.NaN
            : ExactPartitionFunction.LogPartitionFunction(RbmParameters.From(model));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {update} | {tempering.Ladder.Count} | {exact:F3} | {quick.Value:F3} ± {quick.StandardError:F3} | {quick.Value - exact:F3} | {measured.Value:F3} ± {measured.StandardError:F3} | {measured.Value - exact:F3} |"));
    }

    private static TrainingOptions Options(int threads, int epochs) => new()
    {
        Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
        BatchSize = Batch,
        Threads = threads,
        Epochs = epochs,
    };

    private static void Step(Trainer trainer, int updates)
    {
        for (int update = 0; update < updates; update++)
        {
            trainer.Step();
        }
    }

    private static void Exchange(TrajectoryEngine engine)
    {
        engine.Step(sweepTop: false);
        engine.SampleTopHidden();
    }

    private static double Milliseconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
