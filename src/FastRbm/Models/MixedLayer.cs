using System.Globalization;
using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>Columns of several kinds: layers side by side.</summary>
/// <remarks>
/// The parameters of the parts live in this layer's matrix: a parameter that a part doesn't have is 0 there and stays without effect.
/// Part p draws from the p-th part of a row's stream, so that what one part takes doesn't change the others.
/// </remarks>
public sealed class MixedLayer : UnitLayer
{
    private readonly UnitLayer[] _parts;
    private readonly int[] _starts;

    /// <summary>Puts layers side by side, which this layer then owns.</summary>
    /// <param name="parts">The parts, left to right; not mixed ones themselves, and none whose units share a total.</param>
    /// <exception cref="ArgumentException">There is no part, a part is given twice, or is mixed, or keeps a total.</exception>
    public MixedLayer(params ReadOnlySpan<UnitLayer> parts)
        : base(Columns(parts), ParameterRows(parts))
    {
        _parts = parts.ToArray();
        _starts = new int[_parts.Length + 1];
        bool bits = true;
        bool unbounded = false;
        string[] names = new string[_parts.Length];
        for (int p = 0; p < _parts.Length; p++)
        {
            UnitLayer part = _parts[p];
            _starts[p + 1] = _starts[p] + part.Count;
            names[p] = string.Create(CultureInfo.InvariantCulture, $"{part.Name}[{part.Count}]");

            // Exact sums over bits take bits for states, all or none.
            bits &= part.StatesAreBits && part.Kind != UnitKind.Spin;
            unbounded |= part.IsUnbounded;
            part.MoveTo(Parameters, _starts[p]);
        }

        Name = "mixed:" + string.Join(';', names);
        StatesAreBits = bits;
        IsUnbounded = unbounded;
    }

    /// <summary>The parts, left to right.</summary>
    public IReadOnlyList<UnitLayer> Parts => _parts;

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.Mixed;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool StatesAreBits { get; }

    /// <inheritdoc/>
    public override bool IsUnbounded { get; }

    /// <summary>The first column of each part, and the number of columns.</summary>
    internal ReadOnlySpan<int> Starts => _starts;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states)
    {
        CheckRow(states.Length, nameof(states));
        double energy = 0;
        for (int p = 0; p < _parts.Length; p++)
        {
            energy += _parts[p].Energy(states.Slice(_starts[p], _parts[p].Count));
        }

        return energy;
    }

    /// <inheritdoc/>
    public override double CumulantGenerating(ReadOnlySpan<double> inputs)
    {
        CheckRow(inputs.Length, nameof(inputs));
        double sum = 0;
        for (int p = 0; p < _parts.Length; p++)
        {
            sum += _parts[p].CumulantGenerating(inputs.Slice(_starts[p], _parts[p].Count));
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].Mean(inputs.Slice(_starts[p], _parts[p].Count), means.Slice(_starts[p], _parts[p].Count));
        }
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(variances.Length, nameof(variances));
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].Variance(inputs.Slice(_starts[p], _parts[p].Count), variances.Slice(_starts[p], _parts[p].Count));
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].Mode(inputs.Slice(_starts[p], _parts[p].Count), states.Slice(_starts[p], _parts[p].Count));
        }
    }

    /// <summary>-dE/d(parameter) at a state: 0 for parameters that a part doesn't have.</summary>
    /// <param name="states">Count states.</param>
    /// <param name="statistics">[parameters, Count], written.</param>
    public override void Statistics(ReadOnlySpan<float> states, Span2D<float> statistics)
    {
        CheckRow(states.Length, nameof(states));
        statistics.Clear();
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].Statistics(states.Slice(_starts[p], _parts[p].Count), Columns(statistics, p));
        }
    }

    /// <summary>dG/d(parameter): 0 for parameters that a part doesn't have.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="statistics">[parameters, Count], written; not the inputs.</param>
    public override void MeanStatistics(ReadOnlySpan<float> inputs, Span2D<float> statistics)
    {
        CheckRow(inputs.Length, nameof(inputs));
        statistics.Clear();
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].MeanStatistics(inputs.Slice(_starts[p], _parts[p].Count), Columns(statistics, p));
        }
    }

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].CheckStates(states.Slice(_starts[p], _parts[p].Count), name, place, column + _starts[p]);
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int p = 0; p < _parts.Length; p++)
        {
            int count = _parts[p].Count;
            _parts[p].Sample(inputs.Slice(_starts[p], count), total, draws.ForPart(p), ties.ForPart(p), states.Slice(_starts[p], count));
        }
    }

    /// <inheritdoc/>
    internal override void SampleBits(ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<ulong> bits)
    {
        CheckRow(inputs.Length, nameof(inputs));
        Span<ulong> own = stackalloc ulong[(Count + 63) / 64];
        bits[..own.Length].Clear();
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].SampleBits(inputs.Slice(_starts[p], _parts[p].Count), draws.ForPart(p), ties.ForPart(p), own);
            Insert(own, _parts[p].Count, bits, _starts[p]);
        }
    }

    /// <inheritdoc/>
    internal override void FromBits(ReadOnlySpan<ulong> bits, Span<float> states)
    {
        Span<ulong> own = stackalloc ulong[(Count + 63) / 64];
        for (int p = 0; p < _parts.Length; p++)
        {
            Extract(bits, _starts[p], own, _parts[p].Count);
            _parts[p].FromBits(own, states.Slice(_starts[p], _parts[p].Count));
        }
    }

    /// <inheritdoc/>
    internal override double JointStates
    {
        get
        {
            double product = 1;
            foreach (UnitLayer part in _parts)
            {
                product *= part.JointStates;
            }

            return product;
        }
    }

    /// <inheritdoc/>
    internal override void JointState(long number, Span<float> states)
    {
        for (int p = 0; p < _parts.Length; p++)
        {
            long radix = _parts[p].JointStates < long.MaxValue ? (long)_parts[p].JointStates : long.MaxValue;
            (number, long own) = Math.DivRem(number, radix);
            _parts[p].JointState(own, states.Slice(_starts[p], _parts[p].Count));
        }
    }

    /// <inheritdoc/>
    internal override void Curvatures(Span<double> curvatures)
    {
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].Curvatures(curvatures.Slice(_starts[p], _parts[p].Count));
        }
    }

    /// <summary>Whether the parameter is one of scale in every part that has it.</summary>
    internal override bool IsScale(int row)
    {
        bool scale = row > 0;
        foreach (UnitLayer part in _parts)
        {
            scale &= row >= part.ParameterNames.Count || part.IsScale(row);
        }

        return scale;
    }

    private Span2D<float> Columns(Span2D<float> statistics, int part) =>
        statistics.Slice(0, _starts[part], _parts[part].ParameterNames.Count, _parts[part].Count);

    private static void Insert(ReadOnlySpan<ulong> source, int count, Span<ulong> target, int first)
    {
        int shift = first & 63;
        for (int word = 0; 64 * word < count; word++)
        {
            int place = (first >> 6) + word;
            target[place] |= source[word] << shift;
            if (shift > 0 && place + 1 < target.Length)
            {
                target[place + 1] |= source[word] >> (64 - shift);
            }
        }
    }

    private static void Extract(ReadOnlySpan<ulong> source, int first, Span<ulong> target, int count)
    {
        int shift = first & 63;
        for (int word = 0; 64 * word < count; word++)
        {
            int place = (first >> 6) + word;
            ulong bits = source[place] >> shift;
            if (shift > 0 && place + 1 < source.Length)
            {
                bits |= source[place + 1] << (64 - shift);
            }

            int rest = count - (64 * word);
            target[word] = rest < 64 ? bits & ((1UL << rest) - 1) : bits;
        }
    }

    private static int Columns(ReadOnlySpan<UnitLayer> parts)
    {
        if (parts.IsEmpty)
        {
            Throw.Argument(nameof(parts), "at least one layer", "none");
        }

        int sum = 0;
        for (int p = 0; p < parts.Length; p++)
        {
            ArgumentNullException.ThrowIfNull(parts[p], nameof(parts));
            if (parts[p].Kind == UnitKind.Mixed || parts[p].KeepsTotal)
            {
                Throw.Argument(nameof(parts), "layers that aren't mixed and whose units don't share a total", $"{parts[p].Name} in part {p}");
            }

            if (parts[..p].Contains(parts[p]))
            {
                Throw.Argument(nameof(parts), "layers of their own", $"the same layer twice, in part {p} again");
            }

            sum = checked(sum + parts[p].Count);
        }

        return sum;
    }

    private static ReadOnlySpan<string> ParameterRows(ReadOnlySpan<UnitLayer> parts)
    {
        int rows = 0;
        foreach (UnitLayer part in parts)
        {
            rows = Math.Max(rows, part.ParameterNames.Count);
        }

        string[] names = new string[rows];
        names[0] = "bias";
        for (int row = 1; row < rows; row++)
        {
            names[row] = string.Create(CultureInfo.InvariantCulture, $"parameter_{row}");
        }

        return names;
    }

    /// <inheritdoc/>
    internal override unsafe void FixedMeans(ReadOnlySpan<float> inputs, float scale, int* means, int rows, int row)
    {
        // Parts begin inside of tiles: their means are made by the float functions, and rounded as all are.
        float[] all = System.Buffers.ArrayPool<float>.Shared.Rent(Count);
        Mean(inputs, all.AsSpan(0, Count));
        for (int first = 0; first < Count; first += Tile.Width)
        {
            int width = Math.Min(Tile.Width, Count - first);
            int* target = means + ((((nint)(first / Tile.Width) * rows) + row) * Tile.Width);
            for (int unit = 0; unit < Tile.Width; unit++)
            {
                target[unit] = unit < width ? (int)MathF.Round(all[first + unit] * scale) : 0;
            }
        }

        System.Buffers.ArrayPool<float>.Shared.Return(all);
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].Match(means.Slice(_starts[p], _parts[p].Count), variances.Slice(_starts[p], _parts[p].Count), rows);
        }
    }

    /// <inheritdoc/>
    internal override void AddStatistics(ReadOnlySpan<float> states, float weight, Span2D<float> scratch, Span2D<float> sums)
    {
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].AddStatistics(states.Slice(_starts[p], _parts[p].Count), weight, Columns(scratch, p), Columns(sums, p));
        }
    }

    /// <inheritdoc/>
    internal override void FinishStatistics(Span2D<float> sums)
    {
        for (int p = 0; p < _parts.Length; p++)
        {
            _parts[p].FinishStatistics(Columns(sums, p));
        }
    }

    /// <inheritdoc/>
    internal override void CentreGradient(ReadOnlySpan<float> offsets, ReadOnlySpan<float> fieldGradient, Span2D<float> gradient)
    {
        for (int p = 0; p < _parts.Length; p++)
        {
            int count = _parts[p].Count;
            _parts[p].CentreGradient(offsets.Slice(_starts[p], count), fieldGradient.Slice(_starts[p], count), Columns(gradient, p));
        }
    }

    /// <inheritdoc/>
    internal override void MoveParameter(int row, ReadOnlySpan<float> steps, ReadOnlySpan<float> offsets, ReadOnlySpan<float> largestPrecisions)
    {
        for (int p = 0; p < _parts.Length; p++)
        {
            if (row < _parts[p].ParameterNames.Count)
            {
                _parts[p].MoveParameter(row, Part(steps, p), Part(offsets, p), Part(largestPrecisions, p));
            }
        }
    }

    private ReadOnlySpan<float> Part(ReadOnlySpan<float> values, int part) =>
        values.IsEmpty ? values : values.Slice(_starts[part], _parts[part].Count);
}
