using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Threading;

namespace FastRbm.Models.Deep;

/// <summary>
/// The best factorised q(h) = prod m^h (1 - m)^(1 - h) for p(h | v) of a deep Boltzmann machine, found by sweeps, and its lower bound on
/// log p(v) + log Z.
/// </summary>
/// <remarks>
/// <code>
///   start:  m_l = sigmoid(b_l + 2 m_(l-1) W_(l-1)) upwards, the topmost layer without the 2
///   sweep:  all odd layers  m_l = sigmoid(b_l + m_(l-1) W_(l-1) + m_(l+1) W_l'),  then all even ones in the same way
///   end:    the odd layers once more
/// </code>
/// <para>Units of one parity depend on those of the other only, so that each half of a sweep is the exact maximum of the bound over its
/// layers: the bound never falls, without damping. After the last half it is
/// sum over even layers of (b_l.m_l + entropy of m_l) + sum over odd units of softplus(input), with m_0 = v.</para>
/// <para>Float products with one stated order: the same bits for any number of threads and any SIMD level. Allocates here only; one
/// thread at a time; it follows edits of the machine. Dispose it to end its threads.</para>
/// <para>Source: Salakhutdinov and Hinton, "Deep Boltzmann machines" (2009), equations 6 to 8 and section 3.3.</para>
/// </remarks>
public sealed class DeepMeanField : IDisposable
{
    private readonly DeepBoltzmannMachine _machine;
    private readonly ThreadTeam? _ownTeam;
    private readonly GemmWorkspace _gemm;
    private readonly Matrix _fromVisible;
    private readonly float[] _row;
    private int _rows;

    /// <summary>Allocates for a number of rows.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="rows">The most rows at a time, at least 1.</param>
    /// <param name="threads">Threads, at least 1. Results don't depend on it.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one row or thread.</exception>
    public DeepMeanField(DeepBoltzmannMachine machine, int rows, int threads = 1)
        : this(machine, rows, TeamOf(machine, rows, threads)) => _ownTeam = Team;

    /// <summary>Allocates for a number of rows on threads of others.</summary>
    internal DeepMeanField(DeepBoltzmannMachine machine, int rows, ThreadTeam team)
        : this(machine, new Matrix(rows, machine.Joined.Visible.Count), new Matrix(rows, machine.Joined.Hidden.Count), team)
    {
    }

    /// <summary>Writes means into the first rows of matrices of others.</summary>
    internal DeepMeanField(DeepBoltzmannMachine machine, Matrix even, Matrix odd, ThreadTeam team)
    {
        _machine = machine;
        Team = team;
        Even = even;
        Odd = odd;
        _gemm = new GemmWorkspace(team);
        _fromVisible = new Matrix(even.Rows, machine.Layers[1]);
        _row = new float[Math.Max(machine.Joined.Visible.Count, machine.Joined.Hidden.Count)];
    }

    /// <summary>The visible values and the means of the even hidden layers, side by side, a row a line; lines past the present rows are of no meaning.</summary>
    public Matrix Even { get; }

    /// <summary>The means of the odd layers, side by side.</summary>
    public Matrix Odd { get; }

    private ThreadTeam Team { get; }

    /// <summary>Takes rows of data, as values from 0 to 1, and makes the first guess of their hidden means.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">The number of rows, at most those allocated for.</param>
    /// <exception cref="ArgumentException">The width isn't the machine's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows, or too many at once.</exception>
    public void Start(IVisibleRows rows, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLengthDiffers(rows.Columns, _machine.Visible, nameof(rows));
        if (count < 1 || count > Even.Rows || first < 0 || (long)first + count > rows.Rows)
        {
            Throw.OutOfRange(nameof(count), $"1 to {Even.Rows} rows from row 0 to {rows.Rows - 1}", $"{count} from row {first}");
        }

        for (int row = 0; row < count; row++)
        {
            rows.CopyMeans(first + row, Even.Row(row)[.._machine.Visible]);
        }

        Start(count);
    }

    /// <summary>Makes the first guess for visible values that are in <see cref="Even"/> already.</summary>
    /// <param name="count">The number of rows, from 1 to those allocated for.</param>
    public void Start(int count)
    {
        Throw.IfOutside(count, 1, Even.Rows);
        _rows = count;
        SimdLevel level = SimdSelection.Current;

        // What the visible layer gives to the first hidden one stays the same through all sweeps.
        FloatGemm.MultiplyBias<Epilogues.Identity>(
            level, GemmLayout.NN, _gemm, View(0), _machine.Block(0), _machine.Bias(1), _fromVisible.AsSpan2D()[.._rows, ..]);
        int top = _machine.Layers.Count - 1;
        for (int layer = 1; layer <= top; layer++)
        {
            Span2D<float> means = View(layer);
            if (layer == 1)
            {
                _fromVisible.AsSpan2D()[.._rows, ..].CopyTo(means);
            }
            else
            {
                Fill(layer);
                Add(layer, layer - 1, level);
            }

            if (layer < top)
            {
                // Twice the input from below: b + 2 x = 2 (b + x) - b.
                Double(layer);
            }

            Squash(layer, level);
        }
    }

    /// <summary>Runs sweeps, and the last update of the odd layers.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps)
    {
        Throw.IfLess(sweeps, 0);
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            Half(1);
            Half(2);
        }

        Half(1);
    }

    /// <summary>The bound on log p(v) + log Z of each row in nats, with the means of even layers as they are and the best ones of the odd layers.</summary>
    /// <remarks>Overwrites the means of the odd layers by the best ones.</remarks>
    /// <param name="bounds">A number a row that was started, written.</param>
    /// <exception cref="ArgumentException">The length isn't the number of rows.</exception>
    public void Bounds(Span<double> bounds)
    {
        Throw.IfLengthDiffers(bounds.Length, _rows, nameof(bounds));
        SimdLevel level = SimdSelection.Current;
        for (int layer = 1; layer < _machine.Layers.Count; layer += 2)
        {
            Inputs(layer, level);
        }

        ReadOnlySpan<float> bias = _machine.Joined.Visible.Bias;
        for (int row = 0; row < _rows; row++)
        {
            double sum = 0;
            ReadOnlySpan<float> means = Even.Row(row);
            for (int unit = 0; unit < means.Length; unit++)
            {
                sum += (double)bias[unit] * means[unit];
                sum += unit < _machine.Visible ? 0 : Entropy(means[unit]);
            }

            foreach (float input in Odd.Row(row))
            {
                sum += DoubleMath.Softplus(input);
            }

            bounds[row] = sum;
        }

        for (int layer = 1; layer < _machine.Layers.Count; layer += 2)
        {
            Squash(layer, level);
        }
    }

    /// <summary>The largest change that one more sweep would make to any mean of an even layer of any row.</summary>
    /// <remarks>Makes that sweep.</remarks>
    /// <returns>From 0 to 1.</returns>
    internal double Change()
    {
        SimdLevel level = SimdSelection.Current;
        double largest = 0;
        for (int layer = 2; layer < _machine.Layers.Count; layer += 2)
        {
            Span<float> before = _row.AsSpan(0, _machine.Layers[layer]);
            Matrix old = new(_rows, _machine.Layers[layer]);
            View(layer).CopyTo(old.AsSpan2D());
            Inputs(layer, level);
            Squash(layer, level);
            for (int row = 0; row < _rows; row++)
            {
                old.Row(row).CopyTo(before);
                ReadOnlySpan<float> now = View(layer).GetRowSpan(row);
                for (int unit = 0; unit < before.Length; unit++)
                {
                    largest = Math.Max(largest, Math.Abs(now[unit] - before[unit]));
                }
            }
        }

        Half(1);
        return largest;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _ownTeam?.Dispose();

    private static ThreadTeam TeamOf(DeepBoltzmannMachine machine, int rows, int threads)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Throw.IfLess(rows, 1);
        Throw.IfLess(threads, 1);
        long work = (long)rows * machine.Joined.Visible.Count * machine.Joined.Hidden.Count;
        return new ThreadTeam(work < GemmWorkspace.LeastWorkForTeam ? 1 : threads);
    }

    private static double Entropy(double mean) =>
        mean is > 0 and < 1 ? -(mean * DoubleMath.Log(mean)) - ((1 - mean) * DoubleMath.Log(1 - mean)) : 0;

    private void Half(int firstLayer)
    {
        SimdLevel level = SimdSelection.Current;
        for (int layer = firstLayer; layer < _machine.Layers.Count; layer += 2)
        {
            Inputs(layer, level);
            Squash(layer, level);
        }
    }

    /// <summary>A layer's inputs from both neighbours, in the place of its means.</summary>
    private void Inputs(int layer, SimdLevel level)
    {
        if (layer == 1)
        {
            _fromVisible.AsSpan2D()[.._rows, ..].CopyTo(View(1));
        }
        else
        {
            Fill(layer);
            Add(layer, layer - 1, level);
        }

        if (layer + 1 < _machine.Layers.Count)
        {
            Add(layer, layer + 1, level);
        }
    }

    /// <summary>Adds to a layer's inputs what a neighbour gives.</summary>
    private void Add(int layer, int neighbour, SimdLevel level) =>
        FloatGemm.MultiplyAdd(
            level, DeepBoltzmannMachine.IsEven(layer) ? GemmLayout.NT : GemmLayout.NN, _gemm, View(neighbour), _machine.Block(Math.Min(layer, neighbour)), View(layer));

    private void Fill(int layer)
    {
        ReadOnlySpan<float> bias = _machine.Bias(layer);
        Span2D<float> view = View(layer);
        for (int row = 0; row < _rows; row++)
        {
            bias.CopyTo(view.GetRowSpan(row));
        }
    }

    private void Double(int layer)
    {
        ReadOnlySpan<float> bias = _machine.Bias(layer);
        Span2D<float> view = View(layer);
        for (int row = 0; row < _rows; row++)
        {
            FloatRows.Multiply(view.GetRowSpan(row), 2);
            FloatRows.AddMultiple(bias, -1, view.GetRowSpan(row));
        }
    }

    private void Squash(int layer, SimdLevel level)
    {
        Span2D<float> view = View(layer);
        for (int row = 0; row < _rows; row++)
        {
            ElementaryKernels.Sigmoid(level, view.GetRowSpan(row), view.GetRowSpan(row));
        }
    }

    /// <summary>The values of a layer, those of the present rows.</summary>
    private Span2D<float> View(int layer) =>
        (DeepBoltzmannMachine.IsEven(layer) ? Even : Odd).AsSpan2D().Slice(0, _machine.StartOf(layer), _rows, _machine.Layers[layer]);
}
