using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Models.Subspace;

/// <summary>
/// The hidden side of a subspace RBM as one layer of bits: K M columns g_jk = h_j s_jk, then M columns h_j. Everything that an RBM does with
/// a layer of bits then holds for it: x sees the subspace units through g alone.
/// </summary>
/// <remarks>
/// <para>The states s_jk under a closed gate are summed out, so a closed gate counts 2^K times: U = -K log 2 for each of them, and g_jk = 1
/// under a closed gate is no state. G(I) = sum_j K log 2 + softplus(c_j - K log 2 + sum_k softplus(I_jk)).</para>
/// <para>Column k M + j is unit k of gate j. Weights of gates' columns are zero: <see cref="SubspaceRbm"/> and its trainer see to it.</para>
/// </remarks>
internal sealed class SubspaceLayer : UnitLayer
{
    private const double LogTwo = 0.69314718055994531;

    /// <summary>Makes a layer with biases 0.</summary>
    /// <param name="gates">M, at least 1.</param>
    /// <param name="subspaces">K, at least 1.</param>
    public SubspaceLayer(int gates, int subspaces)
        : base(Columns(gates, subspaces), "bias")
    {
        Gates = gates;
        Subspaces = subspaces;
        Name = string.Create(CultureInfo.InvariantCulture, $"subspace:{gates}x{subspaces}");
    }

    /// <summary>M.</summary>
    public int Gates { get; }

    /// <summary>K.</summary>
    public int Subspaces { get; }

    /// <summary>The first column of a gate, and the number of columns of subspace units.</summary>
    public int FirstGate => Gates * Subspaces;

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.Subspace;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool StatesAreBits => true;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states)
    {
        double energy = LinearEnergy(states);
        for (int gate = 0; gate < Gates; gate++)
        {
            energy -= states[FirstGate + gate] == 0 ? Subspaces * LogTwo : 0;
        }

        return energy;
    }

    /// <inheritdoc/>
    public override double CumulantGenerating(ReadOnlySpan<double> inputs)
    {
        CheckRow(inputs.Length, nameof(inputs));
        double closed = Subspaces * LogTwo;
        double sum = 0;
        for (int gate = 0; gate < Gates; gate++)
        {
            sum += closed + DoubleMath.Softplus(GateInput(inputs, gate));
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        GateRow.Means(Level, inputs, Gates, Subspaces, means);
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        Mean(inputs, variances);
        for (int unit = 0; unit < variances.Length; unit++)
        {
            variances[unit] *= 1 - variances[unit];
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int gate = 0; gate < Gates; gate++)
        {
            double open = inputs[FirstGate + gate] - (Subspaces * LogTwo);
            for (int k = 0; k < Subspaces; k++)
            {
                open += Math.Max(0, inputs[(k * Gates) + gate]);
            }

            for (int k = 0; k < Subspaces; k++)
            {
                int column = (k * Gates) + gate;
                states[column] = open > 0 && inputs[column] > 0 ? 1 : 0;
            }

            states[FirstGate + gate] = open > 0 ? 1 : 0;
        }
    }

    /// <summary>c_j - K log 2 + sum_k softplus(I_jk): log p(h_j = 1) / p(h_j = 0).</summary>
    internal double GateInput(ReadOnlySpan<double> inputs, int gate)
    {
        double input = inputs[FirstGate + gate] - (Subspaces * LogTwo);
        for (int k = 0; k < Subspaces; k++)
        {
            input += DoubleMath.Softplus(inputs[(k * Gates) + gate]);
        }

        return input;
    }

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            bool closed = unit < FirstGate && states[FirstGate + (unit % Gates)] == 0;
            if (states[unit] is not (0f or 1f) || (closed && states[unit] != 0))
            {
                Refuse(name, closed ? "0 under a closed gate" : "0 or 1", states[unit], place, column + unit);
            }
        }
    }

    /// <inheritdoc/>
    internal override int FirstSparse => FirstGate;

    /// <inheritdoc/>
    internal override double JointStates
    {
        get
        {
            double states = 1;
            for (int gate = 0; gate < Gates; gate++)
            {
                states *= 1 + Math.ScaleB(1, Subspaces);
            }

            return states;
        }
    }

    /// <inheritdoc/>
    internal override void JointState(long number, Span<float> states)
    {
        states.Clear();
        long perGate = (1L << Subspaces) + 1;
        for (int gate = 0; gate < Gates; gate++)
        {
            (number, long state) = Math.DivRem(number, perGate);
            if (state == 0)
            {
                continue;
            }

            states[FirstGate + gate] = 1;
            for (int k = 0; k < Subspaces; k++)
            {
                states[(k * Gates) + gate] = (state - 1) >> k & 1;
            }
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        ulong[] bits = System.Buffers.ArrayPool<ulong>.Shared.Rent(BitMatrix.WordsFor(Count));
        Span<ulong> row = bits.AsSpan(0, BitMatrix.WordsFor(Count));
        SampleBits(inputs, draws, ties, row);
        FromBits(row, states);
        System.Buffers.ArrayPool<ulong>.Shared.Return(bits);
    }

    /// <inheritdoc/>
    internal override void SampleBits(ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<ulong> bits) =>
        GateRow.Sample(Level, inputs, Gates, Subspaces, draws, ties, bits);

    /// <inheritdoc/>
    internal override unsafe void FixedMeans(ReadOnlySpan<float> inputs, float scale, int* means, int rows, int row) =>
        GateRow.FixedMeans(Level, inputs, Gates, Subspaces, scale, means, rows, row);

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows) =>
        throw new NotSupportedException("subspace: expected a hidden layer, whose means aren't data's.");

    private static int Columns(int gates, int subspaces)
    {
        Throw.IfLess(gates, 1);
        Throw.IfLess(subspaces, 1);
        long columns = (long)gates * (subspaces + 1L);
        if (columns > 1 << 24)
        {
            Throw.OutOfRange(nameof(subspaces), $"at most {1 << 24} gates and subspace units", columns);
        }

        return (int)columns;
    }
}
