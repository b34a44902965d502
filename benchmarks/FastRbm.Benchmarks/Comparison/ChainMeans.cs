using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>Judges states, whoever drew them, by means over the chains, which are independent.</summary>
internal sealed class ChainMeans(Rbm model, IVisibleRows starts)
{
    private readonly RbmParameters _parameters = RbmParameters.From(model);

    /// <summary>Energy, units on, and units that differ from the start: the mean and its standard error.</summary>
    /// <param name="states">Visible states, a chain a row.</param>
    public IReadOnlyList<(string Name, double Mean, double Error)> Of(BitMatrix states)
    {
        double[] energies = new double[states.Rows];
        double[] on = new double[states.Rows];
        double[] changed = new double[states.Rows];
        double[] inputs = new double[model.Hidden.Count];
        ulong[] start = new ulong[states.WordsPerRow];
        for (int chain = 0; chain < states.Rows; chain++)
        {
            ReadOnlySpan<ulong> row = states.Row(chain);
            starts.CopyBits(chain % starts.Rows, start);
            for (int word = 0; word < start.Length; word++)
            {
                changed[chain] += System.Numerics.BitOperations.PopCount(row[word] ^ start[word]);
            }

            on[chain] = states.CountOn(chain);
            energies[chain] = Energy(row, inputs);
        }

        return [Mean("energy", energies), Mean("units on", on), Mean("units changed", changed)];
    }

    /// <summary>E[E(v,h) | v] = -a.v - sum over j of I_j sigmoid(I_j).</summary>
    private double Energy(ReadOnlySpan<ulong> row, double[] inputs)
    {
        _parameters.HiddenInputs(row, inputs);
        double energy = -_parameters.VisibleField(row);
        foreach (double input in inputs)
        {
            energy -= input / (1 + Math.Exp(-input));
        }

        return energy;
    }

    private static (string Name, double Mean, double Error) Mean(string name, double[] values)
    {
        double mean = values.Average();
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return (name, mean, Math.Sqrt(squares / Math.Max(1, values.Length - 1) / values.Length));
    }
}
