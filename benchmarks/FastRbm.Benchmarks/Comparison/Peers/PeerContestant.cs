using System.Text.Json.Nodes;
using FastRbm.Benchmarks.Comparison.Jobs;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Comparison.Peers;

/// <summary>A peer as a contestant.</summary>
internal sealed class PeerContestant : IContestant
{
    private readonly Job _job;
    private readonly PeerProcess _process;
    private readonly string _outcome;
    private int _orderedEpoch;

    /// <summary>Starts the peer's process.</summary>
    /// <param name="job">The job.</param>
    /// <param name="peer">torch, numpy or sklearn.</param>
    /// <param name="threads">Its threads.</param>
    /// <param name="options">The interpreter and the patience.</param>
    public PeerContestant(Job job, string peer, int threads, CompareOptions options)
    {
        _job = job;
        _outcome = Path.Combine(Path.GetDirectoryName(job.ParametersPath)!, $"{peer}-{threads}.out");
        _process = PeerProcess.Start(peer, threads, options);
    }

    /// <summary>The peer's packages.</summary>
    public IReadOnlyDictionary<string, string> Versions => _process.Versions;

    /// <inheritdoc/>
    public void Begin()
    {
        _orderedEpoch = -1;
        JsonObject command = Command("begin");
        command["visible"] = _job.Model.Visible.Count;
        command["hidden"] = _job.Model.Hidden.Count;
        command["parameters"] = _job.ParametersPath;
        command["rows"] = _job.RowsPath;
        command["seed"] = 1;
        if (_job is TrainingJob training)
        {
            command["algorithm"] = training.Algorithm == TrainingAlgorithm.ContrastiveDivergence ? "cd" : "pcd";
            command["steps"] = training.Sweeps;
            command["batch"] = training.Batch;
            command["rate"] = training.Rate;
        }
        else if (_job is SamplingJob sampling)
        {
            command["chains"] = sampling.Chains;
        }

        _process.Ask(command);
    }

    /// <inheritdoc/>
    public Timing Run(int first, int count)
    {
        if (_job is TrainingJob training)
        {
            int epoch = first / training.UpdatesOfAnEpoch;
            first %= training.UpdatesOfAnEpoch;
            if (epoch != _orderedEpoch)
            {
                JsonObject order = Command("order");
                order["path"] = training.Orders.PathOf(epoch);
                _process.Ask(order);
                _orderedEpoch = epoch;
            }
        }

        JsonObject command = Command("run");
        command["first"] = first;
        command["count"] = count;
        JsonObject answer = _process.Ask(command);
        return answer["seconds"] is JsonValue value && value.TryGetValue(out double seconds) && seconds > 0
            ? new Timing(seconds, Bytes: null)
            : throw new PeerException($"expected seconds above 0, found {answer.ToJsonString()}");
    }

    /// <inheritdoc/>
    public Outcome Finish()
    {
        File.Delete(_outcome);
        JsonObject command = Command("save");
        command["path"] = _outcome;
        _process.Ask(command);
        return _job is SamplingJob sampling
            ? new Outcome(Parameters: null, RawFile.ReadStates(_outcome, sampling.Chains, sampling.Model.Visible.Count))
            : new Outcome(RawFile.ReadParameters(_outcome, _job.Model), States: null);
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static JsonObject Command(string name) => new() { ["command"] = name };
}
