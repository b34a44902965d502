using FastRbm.Random;
using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>Trajectory tempering in plain doubles with one mistake, or none.</summary>
internal sealed class TrajectoryMutant(ReferenceRbm[] models, TrajectoryMistake mistake, ulong seed) : ITrajectorySampler
{
    private readonly double[][] _freeEnergies = [.. models.Select(model => FreeEnergies(model, mistake))];
    private readonly double[][][] _transitions = [.. models.Select(static model => Rows(model.VisibleTransitions()))];

    public void Step(int[][] states, long step)
    {
        int chains = states[0].Length;
        for (int model = 0; model < models.Length; model++)
        {
            for (int chain = 0; chain < chains; chain++)
            {
                if (model > 0 || mistake != TrajectoryMistake.FirstRungNotRedrawn)
                {
                    double uniform = new RandomStream(seed, StreamPurpose.HiddenSample, step, ((long)model * chains) + chain).Uniform(0);
                    states[model][chain] = Cell(_transitions[model][states[model][chain]], uniform);
                }
            }
        }

        int[][] swept = [.. states.Select(static chain => (int[])chain.Clone())];
        for (int parity = 0; parity < 2; parity++)
        {
            for (int lower = parity; lower + 1 < models.Length; lower += 2)
            {
                Exchange(states, mistake == TrajectoryMistake.StaleFreeEnergies ? swept : (int[][])[.. states.Select(static chain => (int[])chain.Clone())], lower, step);
            }
        }
    }

    private static double[] FreeEnergies(ReferenceRbm model, TrajectoryMistake mistake) =>
    [
        .. BinaryStates.All(model.Visible).Select(state => model.FreeEnergy(state) + (mistake == TrajectoryMistake.VisibleBiasForgotten
            ? Enumerable.Range(0, model.Visible).Sum(unit => state[unit] ? model.VisibleBias[unit] : 0)
            : 0)),
    ];

    private void Exchange(int[][] states, int[][] weighed, int lower, long step)
    {
        int chains = states[0].Length;
        bool[] accepted = new bool[chains];
        for (int chain = 0; chain < chains; chain++)
        {
            int v = weighed[lower][chain];
            int w = weighed[lower + 1][chain];
            double[] below = _freeEnergies[mistake == TrajectoryMistake.FreeEnergyOfWrongModel ? lower + 1 : lower];
            double[] above = _freeEnergies[lower + 1];
            double logRatio = below[v] - below[w] + above[w] - above[v];
            logRatio = mistake == TrajectoryMistake.SignFlipped ? -logRatio : logRatio;
            long stream = mistake == TrajectoryMistake.ExchangesShareDraws ? 0 : ((long)lower * chains) + chain;
            double uniform = new RandomStream(seed, StreamPurpose.VisibleSample, step, stream).Uniform(0);
            accepted[chain] = mistake switch
            {
                TrajectoryMistake.AlwaysAccepted => true,
                TrajectoryMistake.NeverAccepted => false,
                _ => uniform < Math.Exp(logRatio),
            };
        }

        for (int chain = 0; chain < chains; chain++)
        {
            if (accepted[mistake == TrajectoryMistake.DecisionOfNextChain ? (chain + 1) % chains : chain])
            {
                int v = states[lower][chain];
                int w = states[lower + 1][chain];
                states[lower][chain] = mistake == TrajectoryMistake.LowerStateCopiedUp ? v : w;
                states[lower + 1][chain] = v;
            }
        }
    }

    private static double[][] Rows(double[,] matrix) =>
        [.. Enumerable.Range(0, matrix.GetLength(0)).Select(row => Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[row, column]).ToArray())];

    private static int Cell(double[] probabilities, double uniform)
    {
        int cell = 0;
        while (cell < probabilities.Length - 1 && uniform >= probabilities[cell])
        {
            uniform -= probabilities[cell++];
        }

        return cell;
    }
}
