using FastRbm.Benchmarks.Comparison.Contestants;
using FastRbm.Benchmarks.Comparison.Jobs;
using FastRbm.Benchmarks.Comparison.Peers;
using FastRbm.Benchmarks.Comparison.Results;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>Who does which job.</summary>
internal static class Entries
{
    /// <summary>The contestants of a job, each with one thread and with as many as were asked for; plain loops have one.</summary>
    public static IReadOnlyList<Entry> Of(Job job, CompareOptions options)
    {
        int[] threads = [.. new[] { 1, options.Threads }.Distinct()];
        List<Entry> entries = [.. threads.Select(count => new Entry(Contestant.FastRbm, count, () => job.FastRbm(count), job.StepsARound, job.LeadIn))];
        foreach ((string name, string peer) in Peers(job))
        {
            entries.AddRange(threads.Select(count => new Entry(name, count, () => new PeerContestant(job, peer, count, options), job.StepsARound, job.LeadIn)));
        }

        // Rates of whole epochs would take minutes; a tenth and a sixtieth of an epoch, or of the sweeps, tell as much.
        bool slow = job is TrainingJob { Batch: 100, Sweeps: 1, Algorithm: TrainingAlgorithm.ContrastiveDivergence } or SamplingJob;
        if (slow)
        {
            entries.AddRange(threads.Select(count => Float(
                Contestant.TensorPrimitives, job, count, 10, parameters => new TensorRbm(parameters, job.Model.Visible.Count, job.Model.Hidden.Count, count))));
            entries.Add(Float(Contestant.PlainLoops, job, 1, 60, parameters => new PlainLoopRbm(parameters, job.Model.Visible.Count, job.Model.Hidden.Count)));
        }

        return entries;
    }

    private static (string Name, string Peer)[] Peers(Job job)
    {
        (string, string) torch = (Contestant.PyTorch, "torch");
        (string, string) numPy = (Contestant.NumPy, "numpy");
        return job is TrainingJob { Algorithm: TrainingAlgorithm.PersistentContrastiveDivergence, Sweeps: 1 }
            ? [torch, numPy, (Contestant.ScikitLearn, "sklearn")]
            : [torch, numPy];
    }

    private static Entry Float(string name, Job job, int threads, int fraction, Func<float[], FloatRbm> create) => new(
        name,
        threads,
        () => job is TrainingJob training ? new FloatTraining(training, create) : new FloatChains((SamplingJob)job, create),
        JobSet.Divisor(job.StepsARound, job.StepsARound / fraction),
        job.LeadIn / fraction);
}
