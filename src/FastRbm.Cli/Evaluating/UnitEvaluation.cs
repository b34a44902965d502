using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Cli.Evaluating;

/// <summary>The exact likelihood under a model of units of any kinds, where one of its layers can be enumerated.</summary>
internal static class UnitEvaluation
{
    /// <summary>Refuses what can't be done, before any data are read.</summary>
    /// <exception cref="InvalidInputException">Another method is asked for, or both layers are too large.</exception>
    public static void Check(Rbm rbm, string method, string path)
    {
        string kinds = $"{rbm.Visible.Name} and {rbm.Hidden.Name} units";
        if (method is not ("auto" or "exact"))
        {
            throw new InvalidInputException(path, $"binary units or spins for --method {method}", kinds);
        }

        if (!UnitPartitionFunction.IsFeasible(rbm))
        {
            throw new InvalidInputException(
                path, $"a layer with at most {UnitPartitionFunction.MaxStates} joint states, which the exact method enumerates; models of other than binary units have no other method",
                $"{Numbers.Text(rbm.Visible.Count)} visible and {Numbers.Text(rbm.Hidden.Count)} hidden, {kinds}");
        }
    }

    /// <summary>Evaluates.</summary>
    public static EvaluationFigures Run(Rbm rbm, Dataset rows, int threads, CancellationToken cancellation)
    {
        Matrix one = new(1, rbm.Visible.Count);
        RbmWorkspace workspace = new(rbm);
        double[] free = new double[1];
        Dictionary<double, double> partitions = [];
        double freeSum = 0;
        double partitionSum = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyMeans(row, one.Row(0));
            rbm.Visible.Check(one.Row(0), rows.Name, $"row {Numbers.Text(row)}");
            double total = rbm.Visible.KeepsTotal ? Sum(one.Row(0)) : 1;
            if (!partitions.TryGetValue(total, out double partition))
            {
                partition = UnitPartitionFunction.Compute(rbm, total, threads, cancellation);
                partitions[total] = partition;
            }

            rbm.FreeEnergy(one, workspace, free);
            freeSum += free[0];
            partitionSum += partition;
        }

        return new EvaluationFigures
        {
            Rows = rows.Rows,
            MeanFreeEnergy = freeSum / rows.Rows,
            LogPartitionFunction = partitionSum / rows.Rows,
            LogLikelihood = -(freeSum + partitionSum) / rows.Rows,
            Method = "exact",
        };
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum;
    }
}
