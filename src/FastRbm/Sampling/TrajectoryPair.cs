using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Sampling;

/// <summary>Two neighbouring models of a ladder: exchanges of their states, and what the works of exchanges tell.</summary>
/// <remarks>
/// States v of the lower and v' of the upper model are exchanged with probability min(1, exp(F(v) - F(v') + F'(v') - F'(v))), which
/// keeps the product of both distributions. Members of a team may work on different chains at once; the rest is for one thread.
/// </remarks>
internal sealed class TrajectoryPair
{
    private readonly double[] _lowerOfUpper;
    private readonly double[] _upperOfLower;
    private readonly double[] _forward;
    private readonly double[] _reverse;
    private readonly double[] _sorted;
    private readonly double[] _tails;
    private readonly long[] _accepted;

    /// <summary>Makes a pair without works.</summary>
    /// <param name="lower">The model nearer to the start.</param>
    /// <param name="upper">The next model.</param>
    public TrajectoryPair(TrajectoryRung lower, TrajectoryRung upper)
    {
        Lower = lower;
        Upper = upper;
        int chains = lower.Visible.Rows;
        _lowerOfUpper = new double[chains];
        _upperOfLower = new double[chains];
        _forward = new double[chains];
        _reverse = new double[chains];
        _sorted = new double[chains];
        _tails = new double[chains];
        _accepted = new long[chains];
        Ratio = new BennettAccumulator(chains);
    }

    /// <summary>The model nearer to the start.</summary>
    public TrajectoryRung Lower { get; private set; }

    /// <summary>The next model.</summary>
    public TrajectoryRung Upper { get; private set; }

    /// <summary>log(Z_upper / Z_lower).</summary>
    public BennettAccumulator Ratio { get; }

    /// <summary>Exchanges tried since the last reset, of all chains.</summary>
    public long Attempts { get; private set; }

    /// <summary>Exchanges that happened since the last reset, of all chains.</summary>
    public long Accepted
    {
        get
        {
            long sum = 0;
            foreach (long accepted in _accepted)
            {
                sum += accepted;
            }

            return sum;
        }
    }

    /// <summary>Sets the counts of exchanges.</summary>
    /// <param name="accepted">Exchanges that happened.</param>
    /// <param name="attempts">Exchanges tried.</param>
    public void SetCounts(long accepted, long attempts)
    {
        Array.Clear(_accepted);
        _accepted[0] = accepted;
        Attempts = attempts;
    }

    /// <summary>Puts a copy of the upper model in its place; what is known of the pair stays.</summary>
    /// <param name="copy">A rung whose model has the same parameters.</param>
    public void ReplaceUpper(TrajectoryRung copy) => Upper = copy;

    /// <summary>Becomes a pair of other models, of which nothing is known.</summary>
    /// <param name="lower">The model nearer to the start.</param>
    /// <param name="upper">The next model.</param>
    public void Join(TrajectoryRung lower, TrajectoryRung upper)
    {
        Lower = lower;
        Upper = upper;
        SetCounts(0, 0);
        Ratio.Reset();
    }

    /// <summary>Finds the works of some chains.</summary>
    /// <param name="first">The first chain.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="lowerSums">Room for the lower model's inputs from the upper one's states.</param>
    /// <param name="upperSums">Room for the upper model's inputs from the lower one's states.</param>
    /// <param name="scratch">This member's scratch.</param>
    public void Weigh(int first, int end, RunningSums lowerSums, RunningSums upperSums, AlignedBuffer<int> scratch)
    {
        Lower.WeighOther(first, end, Upper.Visible, lowerSums, _lowerOfUpper, scratch);
        Upper.WeighOther(first, end, Lower.Visible, upperSums, _upperOfLower, scratch);
        for (int chain = first; chain < end; chain++)
        {
            _forward[chain] = _upperOfLower[chain] - Lower.FreeEnergies[chain];
            _reverse[chain] = _lowerOfUpper[chain] - Upper.FreeEnergies[chain];
        }
    }

    /// <summary>Exchanges the states of some chains, whose works have just been found.</summary>
    /// <param name="first">The first chain.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="lowerSums">The lower model's inputs from the upper one's states.</param>
    /// <param name="upperSums">The upper model's inputs from the lower one's states.</param>
    /// <param name="draws">The uniform numbers: chain = lower rung's number x chains + chain.</param>
    public void Exchange(int first, int end, RunningSums lowerSums, RunningSums upperSums, in RandomStream draws)
    {
        long firstChain = (long)Lower.Number * _forward.Length;
        for (int chain = first; chain < end; chain++)
        {
            double work = _forward[chain] + _reverse[chain];
            if (work > 0 && draws.ForChain(firstChain + chain).Uniform(0) >= DoubleMath.Exp(-work))
            {
                continue;
            }

            Span<ulong> lower = Lower.Visible.Row(chain);
            Span<ulong> upper = Upper.Visible.Row(chain);
            for (int word = 0; word < lower.Length; word++)
            {
                (lower[word], upper[word]) = (upper[word], lower[word]);
            }

            Lower.Take(chain, lowerSums, _lowerOfUpper[chain]);
            Upper.Take(chain, upperSums, _upperOfLower[chain]);
            _accepted[chain]++;
        }
    }

    /// <summary>Takes up the works of all chains after an exchange.</summary>
    public void Count()
    {
        Attempts += _forward.Length;
        Ratio.Add(_forward, _reverse);
    }

    /// <summary>Notes that the models are the same one: works of 0.</summary>
    public void CountAsSame()
    {
        Array.Clear(_forward);
        Array.Clear(_reverse);
        Ratio.Add(_forward, _reverse);
    }

    /// <summary>The expected rate of exchanges in equilibrium by the latest works: the least of three estimates.</summary>
    /// <remarks>
    /// The first is the mean of min(1, exp(-w - u)) over every lower with every upper state, which varies less than that over the pairs that
    /// met. A model that has just moved has states of where it was, which look too much like its neighbour's: the others take one
    /// side's states and give them the other side's weights, exp(-w) or exp(-u).
    /// </remarks>
    /// <returns>A share from 0 to 1.</returns>
    public double PredictRate() => Math.Min(MeanRate(), Math.Min(RateByWeights(_forward), RateByWeights(_reverse)));

    /// <summary>How far apart the models are by the latest works: in steps of which the rate of exchanges is erfc(step / 2).</summary>
    /// <remarks>
    /// The square root of the mean of w + u, which for normal works is their variance and for models on a straight line no less than the length
    /// of that line; or their standard deviation, where states lag behind a model that has just moved.
    /// </remarks>
    /// <returns>0 or more.</returns>
    public double Distance()
    {
        double mean = Mean(_forward) + Mean(_reverse);
        return Math.Sqrt(Math.Max(mean, Math.Min(Variance(_forward), Variance(_reverse))));
    }

    private static double Mean(ReadOnlySpan<double> works)
    {
        double sum = 0;
        foreach (double work in works)
        {
            sum += work;
        }

        return sum / works.Length;
    }

    private static double Variance(ReadOnlySpan<double> works)
    {
        double mean = Mean(works);
        double sum = 0;
        foreach (double work in works)
        {
            sum += (work - mean) * (work - mean);
        }

        return sum / works.Length;
    }

    /// <summary>sum_ij min(e_i, e_j) / (n sum_i e_i) with e = exp(-work).</summary>
    private double RateByWeights(ReadOnlySpan<double> works)
    {
        works.CopyTo(_sorted);
        Array.Sort(_sorted);
        double sum = 0;
        double least = 0;
        for (int k = 0; k < _sorted.Length; k++)
        {
            // e falls with k: of the pairs with those before it, and with itself, it is the lesser.
            double weight = DoubleMath.Exp(_sorted[0] - _sorted[k]);
            sum += weight;
            least += ((2 * k) + 1) * weight;
        }

        return least / (_sorted.Length * sum);
    }

    private double MeanRate()
    {
        int chains = _sorted.Length;
        _reverse.CopyTo(_sorted, 0);
        Array.Sort(_sorted);

        // tails[k] is the sum of exp(u_k - u_i) over i >= k: no exponential overflows.
        double tail = 0;
        for (int k = chains - 1; k >= 0; k--)
        {
            tail = k == chains - 1 ? 1 : 1 + (tail * DoubleMath.Exp(_sorted[k] - _sorted[k + 1]));
            _tails[k] = tail;
        }

        double total = 0;
        foreach (double work in _forward)
        {
            int above = FirstAbove(-work);
            total += above + (above < chains ? _tails[above] * DoubleMath.Exp(-(work + _sorted[above])) : 0);
        }

        return total / ((double)chains * chains);
    }

    /// <summary>The first sorted work above a number; their count when there is none.</summary>
    private int FirstAbove(double work)
    {
        int first = 0;
        int end = _sorted.Length;
        while (first < end)
        {
            int middle = (first + end) >> 1;
            if (_sorted[middle] > work)
            {
                end = middle;
            }
            else
            {
                first = middle + 1;
            }
        }

        return first;
    }
}
