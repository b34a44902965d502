namespace FastRbm.Kernels.Enumeration;

/// <content>The tables of inputs, for weights too large for products.</content>
internal sealed partial class EnumerationTables
{
    private void BuildInputs()
    {
        for (int unit = 0; unit < Large; unit++)
        {
            Span<double> lows = Lows.Span.Slice(unit * Lanes, Lanes);
            Span<double> mids = Mids.Span.Slice(unit * Settings, Settings);
            lows.Fill(_largeBias[unit]);
            mids.Clear();
            for (int bit = 0; bit < Small; bit++)
            {
                double weight = _weights[(bit * Large) + unit];
                if (bit < LowBits)
                {
                    TurnOnSum(lows, bit, weight);
                }
                else if (bit < LowBits + MidBits)
                {
                    TurnOnSum(mids, bit - LowBits, weight);
                }
                else
                {
                    TopFactors.Span[((bit - LowBits - MidBits) * Stride) + unit] = weight;
                }
            }
        }

        StartMantissas.Span.Fill(double.NegativeInfinity);
        for (int setting = 0; setting < 1 << MidBits; setting++)
        {
            for (int lane = 0; lane < 1 << LowBits; lane++)
            {
                double field = 0;
                for (int bit = 0; bit < LowBits + MidBits; bit++)
                {
                    field += (((setting << LowBits) | lane) >> bit & 1) != 0 ? _smallBias[bit] : 0;
                }

                StartMantissas.Span[Place(lane, setting)] = field;
            }
        }
    }

    private static void TurnOnSum(Span<double> entries, int bit, double term)
    {
        int half = 1 << bit;
        for (int state = 0; state < half; state++)
        {
            entries[half + state] = entries[state] + term;
        }
    }
}
