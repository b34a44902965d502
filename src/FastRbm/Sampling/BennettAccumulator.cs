using FastRbm.Kernels.Elementary;

namespace FastRbm.Sampling;

/// <summary>
/// log(Z_upper / Z_lower) of two models by Bennett's acceptance ratio, from samples of both, in a memory that doesn't grow.
/// </summary>
/// <remarks>
/// <para>With works w = F_upper(v) - F_lower(v) of v from the lower model, u = F_lower(v) - F_upper(v) of v from the upper one, and any
/// centre c: exp(log ratio - c) = E[f(w + c)] / E[f(u - c)], f(x) = 1 / (1 + exp(x)). The variance is least for c = log ratio, and
/// flat about it: so the first works find a centre, and sums about it are all that is kept. A window of sums that is as long as all
/// before it ends with a new centre; the last complete window and the present one make the estimate, so that what the first half of a
/// run knew less well is forgotten.</para>
/// <para>Sums are kept a chain: chains are independent of each other and correlated in time, so the spread between them gives a
/// standard error that needs no correlation time. Source: Bennett (1976), "Efficient estimation of free energy differences from
/// Monte Carlo data"; Shirts and Chodera (2008). Not thread-safe. Adding allocates nothing.</para>
/// </remarks>
internal sealed class BennettAccumulator
{
    /// <summary>Numbers beside the sums in a saved state.</summary>
    private const int Scalars = 5;

    private const int Windows = 2;
    private const int MostIterations = 5;
    private const double NearEnough = 0.05;

    // [window][forward, reverse][chain]; window 0 is the present one.
    private readonly double[] _sums;
    private readonly int _chains;
    private double _centre;
    private double _earlierCentre;
    private long _samples;
    private long _earlierSamples;
    private long _length;

    /// <summary>Makes one that knows nothing.</summary>
    /// <param name="chains">The number of chains.</param>
    public BennettAccumulator(int chains)
    {
        _chains = chains;
        _sums = new double[2 * Windows * chains];
    }

    /// <summary>The length of a saved state.</summary>
    public int StateLength => Scalars + _sums.Length;

    /// <summary>Sweeps in the estimate.</summary>
    public long Samples => _samples + _earlierSamples;

    /// <summary>The estimate of log(Z_upper / Z_lower) in nats; 0 before the first works.</summary>
    public double LogRatio
    {
        get
        {
            (double forward, double reverse) = Totals();
            return forward > 0 && reverse > 0 ? _centre + DoubleMath.Log(forward) - DoubleMath.Log(reverse) : _centre;
        }
    }

    /// <summary>What the present window has changed in the estimate of the one before it; 0 while there is none.</summary>
    /// <remarks>In equilibrium about a standard error at most. More says that chains are still on their way.</remarks>
    public double Drift
    {
        get
        {
            double forward = 0;
            double reverse = 0;
            for (int chain = 0; chain < _chains; chain++)
            {
                forward += Sums(1, 0)[chain];
                reverse += Sums(1, 1)[chain];
            }

            return forward > 0 && reverse > 0 ? LogRatio - (_earlierCentre + DoubleMath.Log(forward) - DoubleMath.Log(reverse)) : 0;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_sums);
        _centre = 0;
        _earlierCentre = 0;
        _samples = 0;
        _earlierSamples = 0;
        _length = 0;
    }

    /// <summary>Takes up the works of one sweep.</summary>
    /// <param name="forward">F_upper(v) - F_lower(v) of the lower model's states, a chain.</param>
    /// <param name="reverse">F_lower(v) - F_upper(v) of the upper model's states, a chain.</param>
    public void Add(ReadOnlySpan<double> forward, ReadOnlySpan<double> reverse)
    {
        if (_length == 0)
        {
            _centre = Centre(forward, reverse);
            _length = 1;
        }
        else if (_samples == _length)
        {
            EndWindow();
        }

        Span<double> x = Sums(0, 0);
        Span<double> y = Sums(0, 1);
        for (int chain = 0; chain < _chains; chain++)
        {
            x[chain] += DoubleMath.Sigmoid(-(forward[chain] + _centre));
            y[chain] += DoubleMath.Sigmoid(-(reverse[chain] - _centre));
        }

        _samples++;
    }

    /// <summary>Adds each chain's share in the error of <see cref="LogRatio"/>: the error's variance is about the sum of the shares' squares.</summary>
    /// <param name="shares">A share a chain; of several pairs of one ladder they add up before they are squared.</param>
    /// <returns>Whether there are shares to tell by.</returns>
    public bool AddShares(Span<double> shares)
    {
        (double forward, double reverse) = Totals();
        if (!(forward > 0 && reverse > 0))
        {
            return false;
        }

        double weight = EarlierWeight;
        for (int chain = 0; chain < _chains; chain++)
        {
            double x = Sums(0, 0)[chain] + (weight * Sums(1, 0)[chain]);
            double y = Sums(0, 1)[chain] + (Sums(1, 1)[chain] / weight);
            shares[chain] += (x / forward) - (y / reverse);
        }

        return true;
    }

    /// <summary>The standard error that belongs to shares.</summary>
    /// <param name="shares">Shares of all chains.</param>
    /// <returns>The square root of their summed squares, times n / (n - 1); infinite for one chain.</returns>
    public static double StandardError(ReadOnlySpan<double> shares)
    {
        if (shares.Length < 2)
        {
            return double.PositiveInfinity;
        }

        double squares = 0;
        foreach (double share in shares)
        {
            squares += share * share;
        }

        return Math.Sqrt(squares * shares.Length / (shares.Length - 1));
    }

    /// <summary>Writes everything that is known.</summary>
    /// <param name="state"><see cref="StateLength"/> numbers.</param>
    public void Save(Span<double> state)
    {
        ((ReadOnlySpan<double>)[_centre, _earlierCentre, _samples, _earlierSamples, _length]).CopyTo(state);
        _sums.CopyTo(state[Scalars..]);
    }

    /// <summary>Goes on from what was written.</summary>
    /// <param name="state"><see cref="StateLength"/> numbers.</param>
    public void Restore(ReadOnlySpan<double> state)
    {
        _centre = state[0];
        _earlierCentre = state[1];
        _samples = (long)state[2];
        _earlierSamples = (long)state[3];
        _length = (long)state[4];
        state[Scalars..StateLength].CopyTo(_sums);
    }

    /// <summary>
    /// Nearly the c with sum f(w + c) = sum f(u - c), by Bennett's iteration from half the difference of the mean works, which is the
    /// answer for normal works of equal spread.
    /// </summary>
    private static double Centre(ReadOnlySpan<double> forward, ReadOnlySpan<double> reverse)
    {
        double difference = 0;
        for (int chain = 0; chain < forward.Length; chain++)
        {
            difference += reverse[chain] - forward[chain];
        }

        double centre = 0.5 * difference / forward.Length;
        for (int step = 0; step < MostIterations; step++)
        {
            double correction = LogSum(forward, centre) - LogSum(reverse, -centre);
            centre += correction;
            if (Math.Abs(correction) < NearEnough)
            {
                break;
            }
        }

        return centre;
    }

    /// <summary>log sum f(work + c), which doesn't underflow.</summary>
    private static double LogSum(ReadOnlySpan<double> works, double c)
    {
        double largest = double.NegativeInfinity;
        foreach (double work in works)
        {
            largest = Math.Max(largest, -DoubleMath.Softplus(work + c));
        }

        double sum = 0;
        foreach (double work in works)
        {
            sum += DoubleMath.Exp(-DoubleMath.Softplus(work + c) - largest);
        }

        return largest + DoubleMath.Log(sum);
    }

    /// <summary>
    /// What the earlier window's forward sums count beside the present ones, and its reverse sums the inverse of: sums about another
    /// centre solve the same equation when they are scaled so.
    /// </summary>
    private double EarlierWeight => DoubleMath.Exp(0.5 * Math.Clamp(_earlierCentre - _centre, -600, 600));

    private Span<double> Sums(int window, int side) => _sums.AsSpan(((2 * window) + side) * _chains, _chains);

    private (double Forward, double Reverse) Totals()
    {
        double weight = EarlierWeight;
        double forward = 0;
        double reverse = 0;
        for (int chain = 0; chain < _chains; chain++)
        {
            forward += Sums(0, 0)[chain] + (weight * Sums(1, 0)[chain]);
            reverse += Sums(0, 1)[chain] + (Sums(1, 1)[chain] / weight);
        }

        return (forward, reverse);
    }

    private void EndWindow()
    {
        double centre = LogRatio;
        _sums.AsSpan(0, 2 * _chains).CopyTo(_sums.AsSpan(2 * _chains));
        Array.Clear(_sums, 0, 2 * _chains);
        _earlierCentre = _centre;
        _earlierSamples = _samples;
        _centre = centre;
        _samples = 0;
        _length *= 2;
    }
}
