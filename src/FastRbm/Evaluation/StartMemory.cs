using FastRbm.Kernels.Binary;
using FastRbm.Memory;

namespace FastRbm.Evaluation;

/// <summary>How much of where they started chains still show: 1 where every chain stands where it started, 0 when all is forgotten.</summary>
/// <remarks>
/// With H the Hamming distance, v_c the state and s_c the start of chain c: sum_c (H(v_c, s_(c+1)) - H(v_c, s_c)) / sum_c H(s_c, s_(c+1)),
/// chains in a circle. A chain that has forgotten is as far from its own start as from the next chain's. Sees what energies and
/// counts don't: modes that are mirror images of each other.
/// </remarks>
/// <param name="Share">The share; around 0 either way when forgotten, 0 when all starts are the same.</param>
/// <param name="StandardErrors">The share in standard errors over chains; 0 when the share is 0, infinite without spread.</param>
public sealed record StartMemory(double Share, double StandardErrors)
{
    /// <summary>Compares the states of some chains with their starts.</summary>
    internal static StartMemory Of(BitMatrix starts, BitMatrix states, int first, int end)
    {
        long sum = 0;
        long apart = 0;
        double squares = 0;
        for (int chain = first; chain < end; chain++)
        {
            int next = chain + 1 < end ? chain + 1 : first;
            long difference = BitCounts.Different(states.Row(chain), starts.Row(next)) - BitCounts.Different(states.Row(chain), starts.Row(chain));
            apart += BitCounts.Different(starts.Row(chain), starts.Row(next));
            sum += difference;
            squares += (double)difference * difference;
        }

        if (sum == 0 || apart == 0)
        {
            return new StartMemory(0, 0);
        }

        int count = end - first;
        double mean = (double)sum / count;
        double variance = Math.Max(0, (squares / count) - (mean * mean)) * count / Math.Max(1, count - 1);
        double errors = variance > 0 ? mean / Math.Sqrt(variance / count) : mean * double.PositiveInfinity;
        return new StartMemory((double)sum / apart, errors);
    }
}
