using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Networks;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Random;

namespace FastRbm.Sampling.Networks;

/// <summary>A block of chains that one thread carries through all of its steps: forward, back to the inputs, move, with weights packed both ways.</summary>
/// <remarks>
/// The noise of a step is a function of (seed, step, chain), and no chain looks at another, so blocks and threads can't change a bit. Allocates
/// nothing after construction; one thread at a time.
/// </remarks>
internal sealed class LangevinBlock
{
    /// <summary>Chains of a block: many, as each step reads all weights, and few enough for the second-level cache.</summary>
    public const int Most = 64;

    private readonly EnergyNetwork _model;
    private readonly PackedNetwork _packed;
    private readonly GemmWorkspace _gemm;
    private readonly NetworkWorkspace _workspace;
    private readonly Matrix _gradients;
    private readonly Matrix _states;
    private readonly double[] _energies;
    private readonly double[] _proposed = new double[Most];
    private readonly double[] _forward;
    private readonly float[] _deviations;
    private readonly byte[] _labels = new byte[Most];
    private readonly LangevinOptions _options;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly float _bound;

    /// <summary>Allocates.</summary>
    /// <param name="model">The model.</param>
    /// <param name="packed">Its weights, with those towards the inputs.</param>
    /// <param name="gemm">Scratch of the thread.</param>
    /// <param name="options">The steps.</param>
    public LangevinBlock(EnergyNetwork model, PackedNetwork packed, GemmWorkspace gemm, LangevinOptions options)
    {
        bool metropolis = options.Algorithm == LangevinAlgorithm.Metropolis;
        _model = model;
        _packed = packed;
        _gemm = gemm;
        _options = options;
        _workspace = new NetworkWorkspace(model.Network, Most, inputGradients: true);
        _gradients = new Matrix(metropolis ? Most : 0, model.Columns);
        _states = metropolis ? new Matrix(Most, model.Columns) : _workspace.Inputs;
        _energies = new double[Most];
        _forward = new double[Most];
        _deviations = new float[model.Columns];
        _deviations.AsSpan().Fill((float)options.NoiseUsed);
        _bound = (float)Math.Min(model.Options.Bound, float.MaxValue);
    }

    /// <summary>The states of the block's chains: filled before and read after a run.</summary>
    public Matrix States => _states;

    /// <summary>The classes that chains are conditioned on, 255 for none: filled before a run.</summary>
    public Span<byte> Labels => _labels;

    /// <summary>Moves the first chains of the block.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="firstStep">The number of the first step.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="firstChain">The number of the first chain.</param>
    /// <returns>Steps taken, over all chains.</returns>
    public long Run(int count, ulong seed, long firstStep, int steps, long firstChain)
    {
        if (count == 0)
        {
            return 0;
        }

        if (_options.Algorithm == LangevinAlgorithm.Metropolis)
        {
            return Metropolis(count, seed, firstStep, steps, firstChain);
        }

        float step = (float)_options.StepSize;
        float deviation = (float)_options.NoiseUsed;
        float bound = _options.Clamp && _bound < float.MaxValue ? _bound : float.PositiveInfinity;
        for (int s = 0; s < steps; s++)
        {
            Evaluate(count, energies: false);
            for (int row = 0; row < count; row++)
            {
                Span<float> x = _states.Row(row);
                Confine(x, _workspace.InputGradients!.Row(row));
                RandomStream draws = new(seed, StreamPurpose.LangevinNoise, firstStep + s, firstChain + row);
                LangevinRow.Run(_level, draws, step, deviation, bound, _workspace.InputGradients.Row(row), x);
            }
        }

        return (long)steps * count;
    }

    private long Metropolis(int count, ulong seed, long firstStep, int steps, long firstChain)
    {
        long accepted = 0;
        float step = (float)_options.StepSize;
        for (int row = 0; row < count; row++)
        {
            _states.Row(row).CopyTo(_workspace.Inputs.Row(row));
        }

        Evaluate(count, energies: true);
        for (int row = 0; row < count; row++)
        {
            Span<float> gradient = _workspace.InputGradients!.Row(row);
            Confine(_states.Row(row), gradient);
            gradient.CopyTo(_gradients.Row(row));
            _energies[row] = _proposed[row];
        }

        for (int s = 0; s < steps; s++)
        {
            for (int row = 0; row < count; row++)
            {
                Span<float> proposal = _workspace.Inputs.Row(row);
                Span<float> mean = _workspace.InputGradients!.Row(row);
                _states.Row(row).CopyTo(mean);
                FloatRows.AddMultiple(_gradients.Row(row), -step, mean);
                NormalRow.Add(_level, mean, _deviations, new RandomStream(seed, StreamPurpose.LangevinNoise, firstStep + s, firstChain + row), proposal);
                _forward[row] = SquaredDistance(proposal, mean);
            }

            Evaluate(count, energies: true);
            for (int row = 0; row < count; row++)
            {
                Span<float> proposal = _workspace.Inputs.Row(row);
                Span<float> gradient = _workspace.InputGradients!.Row(row);
                Confine(proposal, gradient);

                // The way back starts from the proposal, along its own gradient.
                double back = BackDistance(_states.Row(row), proposal, gradient, step);
                double ratio = _energies[row] - _proposed[row] + ((_forward[row] - back) / (4 * _options.StepSize));
                RandomStream draws = new(seed, StreamPurpose.LangevinAcceptance, firstStep + s, firstChain + row);
                if (Inside(proposal) && DoubleMath.Log(1 - draws.Uniform(0)) < ratio)
                {
                    proposal.CopyTo(_states.Row(row));
                    _energies[row] = _proposed[row];
                    gradient.CopyTo(_gradients.Row(row));
                    accepted++;
                }
            }
        }

        return accepted;
    }

    // Gradients of E at the inputs of the workspace, without the confinement's, and energies where they are asked for.
    private void Evaluate(int count, bool energies)
    {
        NetworkPass.Forward(_model.Network, _packed, _workspace, _gemm, 0, count);
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<float> outputs = _workspace.Outputs.Row(row);
            Span<float> gradients = _workspace.OutputGradients.Row(row);
            if (!energies && _labels[row] == ClassLabels.Unlabelled)
            {
                SoftmaxGradientRow.Run(_level, outputs, -1, gradients);
                continue;
            }

            double energy = EnergyNetwork.Score(outputs, _labels[row], 1, gradients);
            _proposed[row] = energies ? energy + _model.Confinement(_workspace.Inputs.Row(row)) : double.NaN;
        }

        NetworkPass.Backward(_model.Network, _packed, _workspace, _gemm, 0, count);
        NetworkPass.ToInputs(_model.Network, _packed, _workspace, _gemm, 0, count);
    }

    private void Confine(ReadOnlySpan<float> state, Span<float> gradient)
    {
        if (_model.Options.Confinement > 0)
        {
            FloatRows.AddMultiple(state, (float)_model.Options.Confinement, gradient);
        }
    }

    private bool Inside(ReadOnlySpan<float> state)
    {
        bool inside = true;
        foreach (float value in state)
        {
            inside &= Math.Abs(value) <= _bound;
        }

        return inside;
    }

    private static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }

    private static double BackDistance(ReadOnlySpan<float> state, ReadOnlySpan<float> proposal, ReadOnlySpan<float> gradient, double step)
    {
        double sum = 0;
        for (int i = 0; i < state.Length; i++)
        {
            double difference = state[i] - proposal[i] + (step * gradient[i]);
            sum += difference * difference;
        }

        return sum;
    }
}
