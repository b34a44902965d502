using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Random;

namespace FastRbm.Evaluation.Deep;

/// <summary>A lower bound on the log-likelihood of rows under a deep belief network.</summary>
/// <remarks>
/// <code>
///   log p(v) >= E_q[ sum_l log p(h_(l-1) | h_l) - log q(h_l | h_(l-1)) + log f(h_(L-1)) ] - log Z,   l = 1 to L - 1, h_0 = v
/// </code>
/// <para>with q the pass upwards, drawn, and f(h) = exp(-F(h)) and Z of the topmost machine. The mean over draws is without bias; log Z is by
/// annealing both ways. A network of one machine is an RBM, of which the figure is the likelihood itself.</para>
/// <para>A function of network, rows, options and seed: the same bits for any number of threads. Thread-safe.</para>
/// <para>Source: Salakhutdinov and Murray, "On the quantitative analysis of deep belief networks" (2008), equations 19 to 24.</para>
/// </remarks>
public static class DeepBeliefLikelihood
{
    private const int RowsAtOnce = 256;

    /// <summary>Bounds the mean log-likelihood of rows.</summary>
    /// <param name="network">The network. It must not be edited meanwhile.</param>
    /// <param name="rows">Binary rows, at least one.</param>
    /// <param name="options">How log Z of the topmost machine is estimated. Data, if given, are rows of the visible layer: they are carried upwards.</param>
    /// <param name="samples">Draws of each row, at least 1.</param>
    /// <param name="progress">Told the share of the annealing that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the runs.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The width isn't the network's, values aren't 0 or 1 or are missing, or as for <see cref="AnnealedImportanceSampling.Estimate"/>.</exception>
    public static DeepLikelihoodReport Estimate(
        DeepBeliefNetwork network, IVisibleRows rows, AnnealingOptions options, int samples = 10, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        double[] bounds = Bounds(network, rows, samples, options.Seed, cancellation);
        AnnealingOptions top = options;
        if (options.Data is not null && network.Machines.Count > 1)
        {
            top = options with { Data = new UpwardRows(network, options.Data, options.Seed) };
        }

        AnnealingEstimate partition = AnnealedImportanceSampling.Estimate(network.Top, top, progress, cancellation);
        double mean = bounds.Sum() / bounds.Length;
        double squares = bounds.Sum(bound => (bound - mean) * (bound - mean));
        double error = bounds.Length > 1 ? Math.Sqrt(squares / ((double)bounds.Length * (bounds.Length - 1))) : double.PositiveInfinity;
        return new DeepLikelihoodReport(bounds.Length, mean, error, partition);
    }

    /// <summary>The bound on log p(v) + log Z of each row, Z of the topmost machine.</summary>
    /// <param name="network">The network. It must not be edited meanwhile.</param>
    /// <param name="rows">Binary rows, at least one.</param>
    /// <param name="samples">Draws of each row, at least 1.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="cancellation">Asked between blocks of rows.</param>
    /// <returns>A number of nats a row.</returns>
    /// <exception cref="ArgumentException">The width isn't the network's, values aren't 0 or 1, or are missing.</exception>
    public static double[] Bounds(DeepBeliefNetwork network, IVisibleRows rows, int samples = 10, ulong seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, nameof(rows));
        Throw.IfLess(samples, 1);
        Throw.IfLengthDiffers(rows.Columns, network.Layers[0], nameof(rows));
        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them; binarize them first");
        }

        PartialRows.RequireComplete(rows, nameof(rows));
        double[] bounds = new double[rows.Rows];
        Pass pass = new(network, Math.Min(RowsAtOnce, rows.Rows));
        for (int first = 0; first < rows.Rows; first += RowsAtOnce)
        {
            int some = Math.Min(RowsAtOnce, rows.Rows - first);
            if (some < pass.Rows)
            {
                pass = new Pass(network, some);
            }

            for (int sample = 0; sample < samples; sample++)
            {
                cancellation.ThrowIfCancellationRequested();
                pass.Run(rows, first, unchecked(seed + ((ulong)first << 20)), sample, bounds.AsSpan(first, some), 1.0 / samples);
            }
        }

        return bounds;
    }

    /// <summary>log of Bernoulli probabilities of bits: sum of x I - softplus(I).</summary>
    private static double LogProbability(ReadOnlySpan<float> inputs, ReadOnlySpan<ulong> bits)
    {
        double sum = 0;
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double input = inputs[unit];
            sum += ((bits[unit >> 6] >> (unit & 63) & 1) == 1 ? input : 0) - DoubleMath.Softplus(input);
        }

        return sum;
    }

    /// <summary>Rows carried upwards by drawing each layer given the one below, with what the bound has of them.</summary>
    private sealed class Pass
    {
        private readonly DeepBeliefNetwork _network;
        private readonly BitMatrix[] _states;
        private readonly Matrix[] _upInputs;
        private readonly Matrix[] _downInputs;
        private readonly RbmWorkspace[] _workspaces;
        private readonly double[] _freeEnergies;

        public Pass(DeepBeliefNetwork network, int rows)
        {
            _network = network;
            Rows = rows;
            int below = network.Machines.Count - 1;
            _states = [.. Enumerable.Range(0, below + 1).Select(layer => new BitMatrix(rows, network.Layers[layer]))];
            _upInputs = [.. Enumerable.Range(0, below).Select(layer => new Matrix(rows, network.Layers[layer + 1]))];
            _downInputs = [.. Enumerable.Range(0, below).Select(layer => new Matrix(rows, network.Layers[layer]))];
            _workspaces = [.. network.Machines.Select(static machine => new RbmWorkspace(machine))];
            _freeEnergies = new double[rows];
        }

        public int Rows { get; }

        public BitMatrix Top => _states[^1];

        public void Up(IVisibleRows rows, int first, ulong seed, int sample)
        {
            for (int row = 0; row < Rows; row++)
            {
                rows.CopyBits(first + row, _states[0].Row(row));
            }

            for (int layer = 0; layer + 1 < _states.Length; layer++)
            {
                RandomKey key = new(seed, ((long)sample * _states.Length) + layer);
                _network.Machines[layer].SampleHidden(
                    _states[layer], key, StreamPurpose.BeliefUp, StreamPurpose.BeliefUpTie, _workspaces[layer], _states[layer + 1]);
            }
        }

        public void Run(IVisibleRows rows, int first, ulong seed, int sample, Span<double> bounds, double share)
        {
            Up(rows, first, seed, sample);
            for (int layer = 0; layer + 1 < _states.Length; layer++)
            {
                Rbm machine = _network.Machines[layer];
                machine.HiddenInputs(_states[layer], _workspaces[layer], _upInputs[layer]);
                machine.VisibleInputs(_states[layer + 1], _workspaces[layer], _downInputs[layer]);
                for (int row = 0; row < Rows; row++)
                {
                    bounds[row] += share * (LogProbability(_downInputs[layer].Row(row), _states[layer].Row(row)) - LogProbability(_upInputs[layer].Row(row), _states[layer + 1].Row(row)));
                }
            }

            _network.Top.FreeEnergy(Top, _workspaces[^1], _freeEnergies);
            for (int row = 0; row < Rows; row++)
            {
                bounds[row] -= share * _freeEnergies[row];
            }
        }
    }

    /// <summary>Some rows of data, carried upwards to the layer below the topmost.</summary>
    private sealed class UpwardRows : IVisibleRows
    {
        private const int Most = 2000;

        private readonly BitMatrix _states;

        public UpwardRows(DeepBeliefNetwork network, IVisibleRows rows, ulong seed)
        {
            Pass pass = new(network, Math.Min(Most, rows.Rows));
            pass.Up(rows, 0, seed, 0);
            _states = pass.Top;
        }

        public int Rows => _states.Rows;

        public int Columns => _states.Columns;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) => _states.Row(row).CopyTo(destination);

        public void CopyMeans(int row, Span<float> destination) => LayerBits.ToFloats(_states.Row(row), 0, destination);
    }
}
