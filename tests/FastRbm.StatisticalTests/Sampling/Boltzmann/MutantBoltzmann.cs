using FastRbm.Random;

namespace FastRbm.StatisticalTests.Sampling.Boltzmann;

/// <summary>A plain sequential sweep in doubles with running inputs, and one mistake or none.</summary>
internal sealed class MutantBoltzmann(double[,] weights, double[] biases, bool spins, BoltzmannMistake mistake)
{
    public void Sweep(int[] states, long sweep)
    {
        for (int chain = 0; chain < states.Length; chain++)
        {
            RandomStream stream = new(77, StreamPurpose.BoltzmannSample, mistake == BoltzmannMistake.SweepsShareDraws ? 0 : sweep, chain);
            states[chain] = Sweep(states[chain], stream);
        }
    }

    private int Sweep(int state, RandomStream stream)
    {
        int units = biases.Length;
        double low = spins ? -1 : 0;
        double factor = mistake == BoltzmannMistake.FactorForgotten ? 1 : 2;
        double[] inputs = [.. biases];
        for (int i = 0; i < units; i++)
        {
            for (int j = 0; j < units; j++)
            {
                inputs[i] += factor * weights[i, j] * ((state >> j & 1) != 0 ? 1 : low);
            }
        }

        for (int unit = 0; unit < units; unit++)
        {
            if (mistake == BoltzmannMistake.UnitSkipped && unit == 1)
            {
                continue;
            }

            double logOdds = inputs[unit] * (spins && mistake != BoltzmannMistake.SpinsAsBits ? 2 : 1);
            double up = 1 / (1 + Math.Exp(mistake == BoltzmannMistake.WrongSign && unit == 2 ? logOdds : -logOdds));
            bool now = stream.Uniform(mistake == BoltzmannMistake.SharedDraws ? 0 : unit) < up;
            bool before = (state >> unit & 1) != 0;
            if (now == before)
            {
                continue;
            }

            state ^= 1 << unit;
            bool stale = mistake == BoltzmannMistake.StaleInputs || (mistake == BoltzmannMistake.NeighbourOfSameColour && unit == 0);
            for (int j = 0; j < units && !stale; j++)
            {
                double weight = weights[mistake == BoltzmannMistake.RowOfNextUnit ? (unit + 1) % units : unit, j];
                inputs[j] += (now || mistake == BoltzmannMistake.AlwaysAdds ? 1 : -1) * (1 - low) * factor * weight;
            }
        }

        return state;
    }
}
