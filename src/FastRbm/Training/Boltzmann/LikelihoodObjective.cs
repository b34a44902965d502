using FastRbm.Kernels.Enumeration;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Threading;

namespace FastRbm.Training.Boltzmann;

/// <summary>The log-likelihood: moments of the data less those of the model, from all its states or from persistent chains.</summary>
internal sealed class LikelihoodObjective : IBoltzmannObjective, ITeamTask
{
    private readonly BoltzmannMachine _machine;
    private readonly ThreadTeam _team;
    private readonly PairMoments _data;
    private readonly PairStates? _states;
    private readonly BoltzmannBits? _bits;
    private readonly BoltzmannEngine? _engine;
    private readonly PairMoments? _model;
    private readonly int _steps;
    private BoltzmannGradient? _gradient;

    public LikelihoodObjective(BoltzmannMachine machine, int batch, BoltzmannTrainingOptions options, ThreadTeam team)
    {
        _machine = machine;
        _team = team;
        _data = new PairMoments(machine, batch);
        if (options.Algorithm == BoltzmannAlgorithm.ExactLikelihood)
        {
            _states = new PairStates(machine.Units, options.Threads, moments: true);
            _bits = new BoltzmannBits(machine);
            return;
        }

        _steps = options.Steps;
        _model = new PairMoments(machine, options.Chains);
        _engine = new BoltzmannEngine(
            machine, options.Chains, options.Sweep ?? BoltzmannSweep.For(machine.Graph), options.Seed, StreamPurpose.BoltzmannNegative,
            StreamPurpose.BoltzmannNegativeTie, options.Threads);
        BoltzmannChains.FillRandom(_engine.States, options.Seed, StreamPurpose.BoltzmannStart, 0);
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix Values)> Chains => _engine is null ? [] : [("chains", _engine.States)];

    /// <inheritdoc/>
    public void Gradient(BitMatrix rows, int count, long update, BoltzmannGradient gradient)
    {
        _data.Load(rows, count);
        if (_engine is not null)
        {
            _engine.Run(update * _steps, _steps);
            _model!.Load(_engine.States, _engine.States.Rows);
        }
        else
        {
            _bits!.Follow();
            _states!.Run(_bits.Couplings, _bits.Biases, moments: true);
        }

        _gradient = gradient;
        _team.Run(this);
    }

    /// <inheritdoc/>
    public void Restored() => _engine?.Changed();

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        CouplingGraph graph = _machine.Graph;
        for (int i = member; i < graph.Units; i += members)
        {
            _gradient!.Biases[i] = _data.Mean(i) - ModelMean(i);
            for (int edge = graph.FirstEdge(i); edge < graph.FirstEdge(i + 1); edge++)
            {
                int j = graph.SecondOf(i, edge);
                _gradient.Couplings[edge] = _data.Pair(i, j) - ModelPair(i, j);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine?.Dispose();
        _states?.Dispose();
    }

    private double ModelMean(int unit)
    {
        if (_model is not null)
        {
            return _model.Mean(unit);
        }

        double mean = _states!.Pairs[(unit * _machine.Units) + unit];
        return _machine.Kind == UnitKind.Spin ? (2 * mean) - 1 : mean;
    }

    private double ModelPair(int first, int second)
    {
        if (_model is not null)
        {
            return _model.Pair(first, second);
        }

        int units = _machine.Units;
        double[] pairs = _states!.Pairs;
        double both = pairs[(first * units) + second];
        return _machine.Kind == UnitKind.Spin ? 1 - (2 * (pairs[(first * units) + first] - both + pairs[(second * units) + second] - both)) : both;
    }
}
