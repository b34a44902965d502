using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>
/// log Z of a binary RBM by enumerating the states s of its smaller layer: log sum_s exp(c.s + sum_i softplus(x_i(s))), where x_i
/// is the input of unit i of the larger layer.
/// </summary>
/// <remarks>
/// <para>The product of 1 + exp(x_i) over i is formed without exponentials: the states are cut into three groups of bits, and
/// exp(x_i) is the product of one table entry a group, so that a state costs a multiplication and an FMA a unit. The running
/// product's exponent is set aside before it can overflow. Weights beyond that range (600 in sum) go the slow way, by softplus.</para>
/// <para>Double precision; the same bits for any number of threads and any vector width. No table of states: memory is
/// 3 x 128 x units doubles a thread. Thread-safe.</para>
/// </remarks>
public static class ExactPartitionFunction
{
    /// <summary>The largest smaller layer that is enumerated: 2^25 states.</summary>
    public const int MaxUnits = 25;

    private const int GroupBits = 7;
    private const double SafeExponent = 600;

    /// <summary>Computes log Z.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share of the states that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the enumeration.</param>
    /// <returns>The log partition function in nats.</returns>
    /// <exception cref="ArgumentException">Both layers have more than <see cref="MaxUnits"/> units.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double LogPartitionFunction(
        RbmParameters parameters, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Throw.IfLess(threads, 1);
        int units = Math.Min(parameters.Visible, parameters.Hidden);
        if (units > MaxUnits)
        {
            Throw.Argument(
                nameof(parameters), $"at most {MaxUnits} units in the smaller layer for exact enumeration",
                $"{parameters.Visible} visible and {parameters.Hidden} hidden units");
        }

        Enumeration enumeration = new(Sides.Of(parameters), cancellation);
        using ThreadTeam team = new(Math.Min(threads, enumeration.Tops));
        for (int first = 0; first < enumeration.Tops; first += enumeration.TopsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            enumeration.First = first;
            team.Run(enumeration);
            progress?.Report(Math.Min(1.0, (double)(first + enumeration.TopsAtOnce) / enumeration.Tops));
        }

        cancellation.ThrowIfCancellationRequested();
        return DoubleMath.LogSumExp(enumeration.LogSums);
    }

    /// <summary>The model as seen from its smaller layer.</summary>
    private sealed record Sides(double[] SmallBias, double[] LargeBias, double[] Weights)
    {
        public int Small => SmallBias.Length;

        public int Large => LargeBias.Length;

        /// <summary>Weights of one unit of the smaller layer to all of the larger.</summary>
        public ReadOnlySpan<double> Row(int small) => Weights.AsSpan(small * Large, Large);

        public static Sides Of(RbmParameters parameters)
        {
            if (parameters.Visible <= parameters.Hidden)
            {
                return new Sides(parameters.VisibleBias, parameters.HiddenBias, parameters.Weights);
            }

            double[] transposed = new double[parameters.Weights.Length];
            for (int i = 0; i < parameters.Visible; i++)
            {
                for (int j = 0; j < parameters.Hidden; j++)
                {
                    transposed[(j * parameters.Visible) + i] = parameters.Weights[(i * parameters.Hidden) + j];
                }
            }

            return new Sides(parameters.HiddenBias, parameters.VisibleBias, transposed);
        }
    }

    /// <summary>Sums over the states; a share of the work is one setting of the top group of bits.</summary>
    private sealed unsafe class Enumeration : ITeamTask
    {
        private readonly Sides _sides;
        private readonly CancellationToken _cancellation;
        private readonly SimdLevel _level = SimdSelection.Current;
        private readonly int _octets;
        private readonly int _lowBits;
        private readonly int _midBits;
        private readonly AlignedBuffer<double> _low;
        private readonly AlignedBuffer<double> _mid;
        private readonly double[] _lowField;
        private readonly double[] _midField;
        private readonly int[] _chunkEnds;

        public Enumeration(Sides sides, CancellationToken cancellation)
        {
            _sides = sides;
            _cancellation = cancellation;
            _octets = (sides.Large + 7) / 8;
            _lowBits = Math.Min(GroupBits, sides.Small);
            _midBits = Math.Min(GroupBits, sides.Small - _lowBits);
            Tops = 1 << (sides.Small - _lowBits - _midBits);
            LogSums = new double[Tops];
            _chunkEnds = Chunks(sides, _octets);
            (_low, _lowField) = Table(0, _lowBits, sides.LargeBias);
            (_mid, _midField) = Table(_lowBits, _midBits, null);
        }

        public int Tops { get; }

        public int TopsAtOnce => Math.Max(2, Tops / 64);

        public double[] LogSums { get; }

        public int First { get; set; }

        private bool ByTables => _chunkEnds.Length > 0;

        public void Run(int member, int members)
        {
            int count = Math.Min(TopsAtOnce, Tops - First);
            (int first, int end) = ThreadTeam.Share(count, member, members);
            AlignedBuffer<double> top = new(8L * _octets);
            AlignedBuffer<double> factors = new(8L * _octets);
            double[] lowSums = new double[1 << _lowBits];
            double[] midSums = new double[1 << _midBits];
            for (int t = First + first; t < First + end && !_cancellation.IsCancellationRequested; t++)
            {
                double topField = Inputs(t, _lowBits + _midBits, null, top.Span);
                if (ByTables)
                {
                    Exponentiate(top.Span);
                }

                for (int m = 0; m < midSums.Length; m++)
                {
                    Combine(top.Span, _mid.Span.Slice(m * 8 * _octets, 8 * _octets), factors.Span);
                    double field = topField + _midField[m];
                    for (int l = 0; l < lowSums.Length; l += OctetProduct.MostRows)
                    {
                        Span<double> sums = lowSums.AsSpan(l, Math.Min(OctetProduct.MostRows, lowSums.Length - l));
                        double* low = _low.DangerousGetPointer() + ((nint)l * 8 * _octets);
                        if (ByTables)
                        {
                            LogProducts(low, factors.DangerousGetPointer(), sums);
                        }
                        else
                        {
                            SoftplusSums(low, factors.Span, sums);
                        }

                        for (int row = 0; row < sums.Length; row++)
                        {
                            sums[row] = field + _lowField[l + row] + sums[row];
                        }
                    }

                    midSums[m] = DoubleMath.LogSumExp(lowSums);
                }

                LogSums[t] = DoubleMath.LogSumExp(midSums);
            }
        }

        /// <summary>Where running products must give up their exponent, in octets; empty when the tables can't be used.</summary>
        private static int[] Chunks(Sides sides, int octets)
        {
            List<int> ends = [];
            double sum = 0;
            for (int octet = 0; octet < octets; octet++)
            {
                double largest = 0;
                for (int unit = 8 * octet; unit < Math.Min(8 * (octet + 1), sides.Large); unit++)
                {
                    double range = Math.Abs(sides.LargeBias[unit]);
                    for (int k = 0; k < sides.Small; k++)
                    {
                        range += Math.Abs(sides.Weights[(k * sides.Large) + unit]);
                    }

                    largest = Math.Max(largest, range + 1);
                }

                if (largest > SafeExponent)
                {
                    return [];
                }

                if (sum + largest > SafeExponent)
                {
                    ends.Add(octet);
                    sum = 0;
                }

                sum += largest;
            }

            ends.Add(octets);
            return [.. ends];
        }

        private (AlignedBuffer<double> Rows, double[] Fields) Table(int firstBit, int bits, double[]? bias)
        {
            AlignedBuffer<double> rows = new((8L * _octets) << bits);
            double[] fields = new double[1 << bits];
            for (int state = 0; state < fields.Length; state++)
            {
                Span<double> row = rows.Span.Slice(state * 8 * _octets, 8 * _octets);
                fields[state] = Inputs(state, firstBit, bias, row);
                if (ByTables)
                {
                    Exponentiate(row);
                }
            }

            return (rows, fields);
        }

        /// <summary>Sums bias and weights of the bits of a group that are on; returns their own field.</summary>
        private double Inputs(int state, int firstBit, double[]? bias, Span<double> inputs)
        {
            inputs.Clear();
            bias?.CopyTo(inputs);
            double field = 0;
            for (int bit = 0; state >> bit != 0; bit++)
            {
                if ((state >> bit & 1) == 0)
                {
                    continue;
                }

                field += _sides.SmallBias[firstBit + bit];
                ReadOnlySpan<double> row = _sides.Row(firstBit + bit);
                for (int unit = 0; unit < row.Length; unit++)
                {
                    inputs[unit] += row[unit];
                }
            }

            return field;
        }

        private void Exponentiate(Span<double> inputs)
        {
            for (int unit = 0; unit < _sides.Large; unit++)
            {
                inputs[unit] = DoubleMath.Exp(inputs[unit]);
            }

            // Units that don't exist have factor 1 + 0.
            inputs[_sides.Large..].Clear();
        }

        private void Combine(ReadOnlySpan<double> top, ReadOnlySpan<double> mid, Span<double> factors)
        {
            for (int unit = 0; unit < factors.Length; unit++)
            {
                factors[unit] = ByTables ? top[unit] * mid[unit] : top[unit] + mid[unit];
            }
        }

        private void LogProducts(double* low, double* factors, Span<double> logarithms)
        {
            double* products = stackalloc double[8 * OctetProduct.MostRows];
            long* exponents = stackalloc long[OctetProduct.MostRows];
            new Span<long>(exponents, OctetProduct.MostRows).Clear();
            new Span<double>(products, 8 * OctetProduct.MostRows).Fill(1);
            int first = 0;
            foreach (int end in _chunkEnds)
            {
                OctetProduct.Run(_level, low + (8 * first), 8 * _octets, logarithms.Length, factors + (8 * first), end - first, products);
                for (int lane = 0; lane < 8 * logarithms.Length; lane++)
                {
                    // The lanes are normal numbers, at least 1.
                    long bits = BitConverter.DoubleToInt64Bits(products[lane]);
                    exponents[lane / 8] += (bits >> 52) - 1023;
                    products[lane] = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1023L << 52));
                }

                first = end;
            }

            for (int row = 0; row < logarithms.Length; row++)
            {
                double mantissa = 1;
                for (int lane = 0; lane < 8; lane++)
                {
                    mantissa *= products[(8 * row) + lane];
                }

                logarithms[row] = DoubleMath.Log(mantissa) + (exponents[row] * 0.693147180559945309417);
            }
        }

        private void SoftplusSums(double* low, ReadOnlySpan<double> rest, Span<double> sums)
        {
            for (int row = 0; row < sums.Length; row++)
            {
                double sum = 0;
                for (int unit = 0; unit < _sides.Large; unit++)
                {
                    sum += DoubleMath.Softplus(low[unit] + rest[unit]);
                }

                sums[row] = sum;
                low += 8 * _octets;
            }
        }
    }
}
