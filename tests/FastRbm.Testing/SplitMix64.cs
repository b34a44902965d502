namespace FastRbm.Testing;

/// <summary>Plain random numbers for tests, the same on every machine and version.</summary>
/// <remarks>Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014). Not thread-safe.</remarks>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong z = _state;
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            return z ^ z >> 31;
        }
    }

    /// <summary>A multiple of 2^-53 in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A double in [minimum, maximum).</summary>
    public double NextDouble(double minimum, double maximum) => minimum + ((maximum - minimum) * NextDouble());

    /// <summary>True with the given probability.</summary>
    public bool NextBool(double probability = 0.5) => NextDouble() < probability;

    /// <summary>An integer from 0 to exclusiveMaximum - 1; the bias is below 2^-32.</summary>
    public int NextInt(int exclusiveMaximum) => (int)Math.BigMul(NextUInt64(), (ulong)exclusiveMaximum, out _);

    /// <summary>Independent uniforms in [0, 1).</summary>
    public double[] NextDoubles(int count)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = NextDouble();
        }

        return values;
    }

    /// <summary>Independent floats in [minimum, maximum].</summary>
    public float[] NextFloats(int count, float minimum, float maximum)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)NextDouble(minimum, maximum);
        }

        return values;
    }

    /// <summary>Independent bits, each on with the given probability.</summary>
    public bool[] NextBits(int count, double probability = 0.5)
    {
        bool[] bits = new bool[count];
        for (int i = 0; i < count; i++)
        {
            bits[i] = NextBool(probability);
        }

        return bits;
    }

    /// <summary>The number of a cell, drawn with the cells' probabilities.</summary>
    public int NextCell(ReadOnlySpan<double> probabilities)
    {
        double uniform = NextDouble();
        int cell = 0;
        while (cell < probabilities.Length - 1 && uniform >= probabilities[cell])
        {
            uniform -= probabilities[cell];
            cell++;
        }

        return cell;
    }
}
