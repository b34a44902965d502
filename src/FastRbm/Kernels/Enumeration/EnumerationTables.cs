using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;

namespace FastRbm.Kernels.Enumeration;

/// <summary>What the states of the smaller layer of a binary RBM are enumerated from: terms for groups of its bits.</summary>
/// <remarks>
/// <para>A state s is cut into low bits (6), middle bits (6) and top bits. With x_i = b_i + sum over the bits that are on of w_ki,
/// 1 + exp(x_i) = exp(y_i) (exp(b_i + low) + exp(-y_i)), where y_i is the part of the middle and top bits. So one addition and one
/// multiplication a unit and state make the product over i, and the factor exp(c.s) prod_i exp(y_i) is that of a group of bits,
/// found once. Both terms of a unit carry 2^-k, so that their sum lies around 1 and many units fit into the range of a double.</para>
/// <para>Units whose inputs may pass 600 in absolute value would leave the range of exp: then the tables hold inputs, and states
/// cost a softplus a unit (<see cref="ByTables"/> is false).</para>
/// <para>Loading allocates nothing. Read by many threads at once, loaded by one.</para>
/// </remarks>
internal sealed partial class EnumerationTables
{
    /// <summary>The most units of the larger layer that are multiplied in one go: their low terms fit the first-level cache.</summary>
    public const int BlockUnits = 32;

    private const double SafeInput = 600;
    private const double SafeField = 1 << 30;

    // A product stays within exp(+-this) between two normalisations; doubles reach exp(+-708).
    private const double SafeProduct = 690;

    private readonly double[] _weights;
    private readonly double[] _smallBias;
    private readonly double[] _largeBias;
    private readonly double[] _exponents;
    private readonly bool[] _normaliseAfter;
    private readonly ScaledNumber[] _bits;

    /// <summary>Allocates tables.</summary>
    /// <param name="visible">The number of visible units.</param>
    /// <param name="hidden">The number of hidden units; the smaller of the two numbers is at most 30.</param>
    public EnumerationTables(int visible, int hidden)
    {
        Visible = visible;
        Hidden = hidden;
        Small = Math.Min(visible, hidden);
        Large = Math.Max(visible, hidden);
        LowBits = Math.Min(StateMoments.LowBits, Small);
        MidBits = Math.Min(StateMoments.MidBits, Small - LowBits);
        TopBits = Small - LowBits - MidBits;
        Lanes = Math.Max(StateProducts.LaneMultiple, 1 << LowBits);
        Settings = Math.Max(StateProducts.Octet, 1 << MidBits);
        Tops = 1 << TopBits;
        Stride = (Large + 1 + 7) / 8 * 8;
        _weights = new double[(long)Small * Large];
        _smallBias = new double[Small];
        _largeBias = new double[Large];
        _exponents = new double[Large];
        _bits = new ScaledNumber[Small];
        _normaliseAfter = new bool[Large];
        Lows = new AlignedBuffer<double>((long)Stride * Lanes);
        Mids = new AlignedBuffer<double>((long)Stride * Settings);
        TopFactors = new AlignedBuffer<double>((long)Stride * Math.Max(1, TopBits));
        StartMantissas = new AlignedBuffer<double>(Lanes * Settings);
        StartExponents = new AlignedBuffer<double>(Lanes * Settings);
    }

    /// <summary>Visible units.</summary>
    public int Visible { get; }

    /// <summary>Hidden units.</summary>
    public int Hidden { get; }

    /// <summary>Units of the smaller layer, whose states are enumerated: the visible one if they are equal.</summary>
    public int Small { get; }

    /// <summary>Units of the larger layer.</summary>
    public int Large { get; }

    /// <summary>The low bits of a state.</summary>
    public int LowBits { get; }

    /// <summary>The middle bits of a state.</summary>
    public int MidBits { get; }

    /// <summary>The top bits of a state.</summary>
    public int TopBits { get; }

    /// <summary>Settings of the low bits, up to a multiple of 16.</summary>
    public int Lanes { get; }

    /// <summary>Settings of the middle bits, up to a multiple of 8.</summary>
    public int Settings { get; }

    /// <summary>Settings of the top bits: each is a block of states.</summary>
    public int Tops { get; }

    /// <summary>Units of the larger layer and one whose mean is 1, up to a multiple of 8.</summary>
    public int Stride { get; }

    /// <summary>Whether products of table entries are used; else softplus.</summary>
    public bool ByTables { get; private set; }

    /// <summary>Whether products of four sums of a unit stay within the range of doubles.</summary>
    public bool Narrow { get; private set; }

    /// <summary>[unit, lane]: exp(b + low part) 2^-k, or the input b + low part.</summary>
    public AlignedBuffer<double> Lows { get; }

    /// <summary>[unit, setting]: exp(-middle part) 2^-k, or the middle part.</summary>
    public AlignedBuffer<double> Mids { get; }

    /// <summary>[top bit, unit]: exp(-weight), or the weight.</summary>
    public AlignedBuffer<double> TopFactors { get; }

    /// <summary>[lane / 8, setting, 8]: mantissas of what a product starts from, or the fields.</summary>
    public AlignedBuffer<double> StartMantissas { get; }

    /// <summary>[lane / 8, setting, 8]: exponents of what a product starts from.</summary>
    public AlignedBuffer<double> StartExponents { get; }

    /// <summary>Whether products must be normalised before the unit after <paramref name="unit"/> is multiplied in.</summary>
    public bool NormaliseAfter(int unit) => _normaliseAfter[unit];

    /// <summary>What a top bit that is on multiplies weights by.</summary>
    public ScaledNumber TopWeight(int bit) => _bits[LowBits + MidBits + bit];

    /// <summary>The bias of a top bit.</summary>
    public double TopField(int bit) => _smallBias[LowBits + MidBits + bit];

    /// <summary>Takes over the parameters of a model in double precision.</summary>
    /// <param name="weights">[visible, hidden].</param>
    /// <param name="visibleBias">Visible biases.</param>
    /// <param name="hiddenBias">Hidden biases.</param>
    /// <exception cref="ArgumentException">The absolute values sum to more than a double holds.</exception>
    public void Load(ReadOnlySpan<double> weights, ReadOnlySpan<double> visibleBias, ReadOnlySpan<double> hiddenBias)
    {
        bool byVisible = Visible <= Hidden;
        (byVisible ? visibleBias : hiddenBias).CopyTo(_smallBias);
        (byVisible ? hiddenBias : visibleBias).CopyTo(_largeBias);
        for (int i = 0; i < Visible; i++)
        {
            ReadOnlySpan<double> row = weights.Slice(i * Hidden, Hidden);
            if (byVisible)
            {
                row.CopyTo(_weights.AsSpan(i * Hidden));
                continue;
            }

            for (int j = 0; j < row.Length; j++)
            {
                _weights[(j * Large) + i] = row[j];
            }
        }

        Build();
    }

    /// <summary>Takes over the parameters of a model in single precision.</summary>
    /// <param name="weights">[visible, hidden].</param>
    /// <param name="visibleBias">Visible biases.</param>
    /// <param name="hiddenBias">Hidden biases.</param>
    public void Load(Matrix weights, ReadOnlySpan<float> visibleBias, ReadOnlySpan<float> hiddenBias)
    {
        bool byVisible = Visible <= Hidden;
        Widen(byVisible ? visibleBias : hiddenBias, _smallBias);
        Widen(byVisible ? hiddenBias : visibleBias, _largeBias);
        for (int i = 0; i < Visible; i++)
        {
            ReadOnlySpan<float> row = weights.Row(i);
            int first = byVisible ? i * Large : i;
            int step = byVisible ? 1 : Large;
            for (int j = 0; j < row.Length; j++)
            {
                _weights[first + (j * step)] = row[j];
            }
        }

        Build();
    }

    internal static void Widen(ReadOnlySpan<float> from, Span<double> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = from[i];
        }
    }

    private ReadOnlySpan<double> Row(int bit) => _weights.AsSpan(bit * Large, Large);

    private void Build()
    {
        Measure();
        if (ByTables)
        {
            BuildFactors();
        }
        else
        {
            BuildInputs();
        }
    }

    /// <summary>Finds what the units' inputs may be, and from it the scale 2^-k of each and where products are normalised.</summary>
    private void Measure()
    {
        double total = 0;
        double fields = 0;
        foreach (double bias in _smallBias)
        {
            fields += Math.Abs(bias);
        }

        ByTables = fields <= SafeField;
        Narrow = true;
        Array.Clear(_normaliseAfter);

        // A product starts from a number below 2 and, once normalised, goes on from one.
        double reach = 1;
        for (int unit = 0; unit < Large; unit++)
        {
            double lowMost = _largeBias[unit];
            double lowLeast = lowMost;
            double restMost = 0;
            double restLeast = 0;
            double size = Math.Abs(lowMost);
            for (int bit = 0; bit < Small; bit++)
            {
                double weight = _weights[(bit * Large) + unit];
                size += Math.Abs(weight);
                if (bit < LowBits)
                {
                    lowMost += Math.Max(weight, 0);
                    lowLeast += Math.Min(weight, 0);
                }
                else
                {
                    restMost += Math.Max(weight, 0);
                    restLeast += Math.Min(weight, 0);
                }
            }

            total += size;
            ByTables &= size <= SafeInput;

            // The larger of the two terms, and as much again at most.
            double most = Math.Max(lowMost, -restLeast) + ScaledNumber.Ln2;
            double least = Math.Max(lowLeast, -restMost);
            _exponents[unit] = Math.Round((most + least) / (2 * ScaledNumber.Ln2));
            double centre = _exponents[unit] * ScaledNumber.Ln2;
            double half = Math.Max(most - centre, centre - least) + 1e-9;
            Narrow &= 4 * half <= SafeProduct;
            if (unit > 0 && reach + half > SafeProduct)
            {
                _normaliseAfter[unit - 1] = true;
                reach = 1;
            }

            reach += half;
        }

        if (!double.IsFinite(total + fields))
        {
            Throw.Argument(
                "parameters", "absolute weights and biases whose sum is below 1.8e308, so that no energy overflows", "a sum beyond the range of doubles");
        }
    }

    private void BuildFactors()
    {
        double scale = 0;
        for (int unit = 0; unit < Large; unit++)
        {
            Span<double> lows = Lows.Span.Slice(unit * Lanes, Lanes);
            Span<double> mids = Mids.Span.Slice(unit * Settings, Settings);
            double power = BitConverter.Int64BitsToDouble((1023L - (long)_exponents[unit]) << 52);
            scale += _exponents[unit];
            lows.Fill(DoubleMath.Exp(_largeBias[unit]) * power);
            mids.Fill(power);
            for (int bit = 0; bit < LowBits; bit++)
            {
                TurnOn(lows, bit, DoubleMath.Exp(_weights[(bit * Large) + unit]));
            }
        }

        for (int bit = 0; bit < Small; bit++)
        {
            ScaledNumber weight = ScaledNumber.Exp(_smallBias[bit]);
            _bits[bit] = bit < LowBits ? weight : weight * BuildRest(bit);
        }

        // The unit whose mean is 1: its terms are 1 and 0.
        Lows.Span.Slice(Large * Lanes, Lanes).Fill(1);
        Mids.Span.Slice(Large * Settings, Settings).Clear();
        BuildStart(scale);
    }

    /// <summary>Enters exp(-w) of a middle or top bit into the tables; returns the product of exp(w) over units.</summary>
    private ScaledNumber BuildRest(int bit)
    {
        ReadOnlySpan<double> row = Row(bit);
        Span<double> top = bit < LowBits + MidBits ? default : TopFactors.Span.Slice((bit - LowBits - MidBits) * Stride, Stride);
        ScaledNumber product = ScaledNumber.One;
        for (int unit = 0; unit < row.Length; unit++)
        {
            double exponential = DoubleMath.Exp(row[unit]);
            product = ScaledNumber.Normal(product.Mantissa * exponential, product.Exponent);
            if (top.IsEmpty)
            {
                TurnOn(Mids.Span.Slice(unit * Settings, Settings), bit - LowBits, 1 / exponential);
            }
            else
            {
                top[unit] = 1 / exponential;
            }
        }

        return product;
    }

    private void BuildStart(double scale)
    {
        Span<double> mantissas = StartMantissas.Span;
        Span<double> exponents = StartExponents.Span;
        mantissas.Fill(1);
        exponents.Fill(-1e15);
        for (int setting = 0; setting < 1 << MidBits; setting++)
        {
            ScaledNumber mid = new(1, scale);
            for (int bit = 0; bit < MidBits; bit++)
            {
                mid = (setting >> bit & 1) != 0 ? mid * _bits[LowBits + bit] : mid;
            }

            mantissas[8 * setting] = mid.Mantissa;
            exponents[8 * setting] = mid.Exponent;
            for (int lane = 1; lane < 1 << LowBits; lane++)
            {
                // A state is the one without its highest bit, and that bit.
                int highest = 31 - System.Numerics.BitOperations.LeadingZeroCount((uint)lane);
                int without = Place(lane - (1 << highest), setting);
                ScaledNumber weight = new ScaledNumber(mantissas[without], exponents[without]) * _bits[highest];
                mantissas[Place(lane, setting)] = weight.Mantissa;
                exponents[Place(lane, setting)] = weight.Exponent;
            }
        }
    }

    private int Place(int lane, int setting) => (((lane >> 3) * Settings) + setting << 3) + (lane & 7);

    private static void TurnOn(Span<double> entries, int bit, double factor)
    {
        int half = 1 << bit;
        for (int state = 0; state < half; state++)
        {
            entries[half + state] = entries[state] * factor;
        }
    }
}
