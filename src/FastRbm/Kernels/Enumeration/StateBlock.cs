using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Kernels.Enumeration;

/// <summary>The states with one setting of the top bits: their weights, and sums over them. Scratch of one thread.</summary>
/// <param name="tables">What states are enumerated from; may be loaded anew between blocks.</param>
/// <param name="level">The vector width.</param>
internal sealed unsafe class StateBlock(EnumerationTables tables, SimdLevel level)
{
    private readonly AlignedBuffer<double> _top = new(tables.Stride);
    private readonly AlignedBuffer<double> _mids = new(EnumerationTables.BlockUnits * (long)tables.Settings);
    private readonly AlignedBuffer<double> _weights = new(tables.Lanes * tables.Settings);
    private readonly AlignedBuffer<double> _exponents = new(tables.Lanes * tables.Settings);
    private double _topField;

    /// <summary>The weights of the block last weighed [lanes / 8, settings, 8], over 2^Scale.</summary>
    public double* Weights => _weights.DangerousGetPointer();

    /// <summary>How much a scale counts: 2^scale by tables, exp(scale) by softplus.</summary>
    public static double NatsPerScale(EnumerationTables tables) => tables.ByTables ? ScaledNumber.Ln2 : 1;

    /// <summary>What a weight is multiplied by when its scale becomes larger by <paramref name="more"/>; 0 when it no longer counts.</summary>
    public static double Shrink(EnumerationTables tables, double more)
    {
        if (tables.ByTables)
        {
            return more > 1022 ? 0 : BitConverter.Int64BitsToDouble((1023L - (long)more) << 52);
        }

        return DoubleMath.Exp(-more);
    }

    /// <summary>Finds the weights exp(c.s) prod_i (1 + exp(x_i)) of the block's states.</summary>
    /// <param name="top">The setting of the top bits.</param>
    /// <returns>Their sum is Sum times 2^Scale, or times exp(Scale) where the tables hold inputs; the largest weight counts about 1.</returns>
    public (double Sum, double Scale) Weigh(int top)
    {
        LoadTop(top);
        return tables.ByTables ? WeighByTables(top) : WeighBySoftplus();
    }

    /// <summary>
    /// For the block last weighed: sums[k, i] = sum over the states with bit k on of weight times E[unit i | state], k = 0 for all states;
    /// unit Large is always 1.
    /// </summary>
    /// <param name="sums">[<see cref="StateMoments.Sums"/>, stride of the tables], written.</param>
    public void Moments(double* sums)
    {
        if (!tables.ByTables)
        {
            MomentsBySigmoid(sums);
            return;
        }

        for (int first = 0; first <= tables.Large; first += EnumerationTables.BlockUnits)
        {
            int units = Math.Min(EnumerationTables.BlockUnits, tables.Large + 1 - first);
            StateMoments.Run(
                level, tables.Lows.DangerousGetPointer() + ((nint)first * tables.Lanes), tables.Lanes, Mids(first, units), tables.Settings,
                units, tables.Narrow, _weights.DangerousGetPointer(), sums + first, tables.Stride);
        }
    }

    private void LoadTop(int top)
    {
        double* factors = _top.DangerousGetPointer();
        _top.Span.Fill(tables.ByTables ? 1 : 0);
        _topField = 0;
        for (int bit = 0; top >> bit != 0; bit++)
        {
            if ((top >> bit & 1) == 0)
            {
                continue;
            }

            double* row = tables.TopFactors.DangerousGetPointer() + ((nint)bit * tables.Stride);
            if (tables.ByTables)
            {
                StateWeights.Multiply(level, row, factors, tables.Stride);
            }
            else
            {
                StateWeights.Add(level, row, 1, factors, tables.Stride);
                _topField += tables.TopField(bit);
            }
        }
    }

    /// <summary>The terms of the middle and top bits of some units.</summary>
    private double* Mids(int first, int units)
    {
        double* from = tables.Mids.DangerousGetPointer() + ((nint)first * tables.Settings);
        if (tables.Tops == 1)
        {
            return from;
        }

        double* to = _mids.DangerousGetPointer();
        StateWeights.MultiplyRows(level, from, _top.DangerousGetPointer() + first, to, units, tables.Settings);
        return to;
    }

    private (double Sum, double Scale) WeighByTables(int top)
    {
        int states = tables.Lanes * tables.Settings;
        double* from = tables.StartMantissas.DangerousGetPointer();
        double* exponents = tables.StartExponents.DangerousGetPointer();
        double* weights = _weights.DangerousGetPointer();
        double* own = _exponents.DangerousGetPointer();
        int end;
        for (int first = 0; first < tables.Large; first = end)
        {
            end = first + 1;
            while (end < tables.Large && end - first < EnumerationTables.BlockUnits && !tables.NormaliseAfter(end - 1))
            {
                end++;
            }

            StateProducts.Run(
                level, tables.Lows.DangerousGetPointer() + ((nint)first * tables.Lanes), tables.Lanes, Mids(first, end - first),
                tables.Settings, end - first, from, weights);
            from = weights;
            if (tables.NormaliseAfter(end - 1))
            {
                StateWeights.Normalise(level, weights, exponents, own, states);
                exponents = own;
            }
        }

        double largest = StateWeights.Normalise(level, weights, exponents, own, states);
        double sum = StateWeights.Scale(level, weights, own, largest, states);
        ScaledNumber factor = ScaledNumber.One;
        for (int bit = 0; top >> bit != 0; bit++)
        {
            factor = (top >> bit & 1) != 0 ? factor * tables.TopWeight(bit) : factor;
        }

        // The block's own factor goes to the scale but for its mantissa, which the weights take.
        if (tables.TopBits > 0)
        {
            double mantissa = factor.Mantissa;
            StateWeights.MultiplyRows(level, weights, &mantissa, weights, 1, states);
            sum *= mantissa;
        }

        return (sum, largest + factor.Exponent);
    }

    private (double Sum, double Scale) WeighBySoftplus()
    {
        Span<double> weights = _weights.Span;
        double largest = double.NegativeInfinity;
        for (int place = 0; place < weights.Length; place++)
        {
            double weight = tables.StartMantissas.Span[place];
            if (double.IsFinite(weight))
            {
                weight += _topField;
                for (int unit = 0; unit < tables.Large; unit++)
                {
                    weight += DoubleMath.Softplus(Input(unit, place));
                }
            }

            weights[place] = weight;
            largest = Math.Max(largest, weight);
        }

        double sum = 0;
        foreach (ref double weight in weights)
        {
            weight = DoubleMath.Exp(weight - largest);
            sum += weight;
        }

        return (sum, largest);
    }

    private void MomentsBySigmoid(double* sums)
    {
        ReadOnlySpan<double> weights = _weights.Span;
        for (int unit = 0; unit <= tables.Large; unit++)
        {
            for (int k = 0; k < StateMoments.Sums; k++)
            {
                sums[(k * tables.Stride) + unit] = 0;
            }

            for (int place = 0; place < weights.Length; place++)
            {
                double term = weights[place] * (unit < tables.Large ? DoubleMath.Sigmoid(Input(unit, place)) : 1);
                (int lane, int setting) = State(place);
                int on = 1 | (lane << 1) | (setting << (1 + StateMoments.LowBits));
                for (int k = 0; term != 0 && k < StateMoments.Sums; k++)
                {
                    sums[(k * tables.Stride) + unit] += (on >> k & 1) != 0 ? term : 0;
                }
            }
        }
    }

    private double Input(int unit, int place)
    {
        (int lane, int setting) = State(place);
        return tables.Lows.Span[(unit * tables.Lanes) + lane] + (tables.Mids.Span[(unit * tables.Settings) + setting] + _top.Span[unit]);
    }

    private (int Lane, int Setting) State(int place)
    {
        int octet = place / (StateProducts.Octet * tables.Settings);
        int rest = place % (StateProducts.Octet * tables.Settings);
        return ((octet * StateProducts.Octet) + (rest % StateProducts.Octet), rest / StateProducts.Octet);
    }
}
