using System.Globalization;
using FastRbm.Cli.Output;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Cli.Evaluating;

/// <summary>--method exact.</summary>
internal static class ExactEvaluation
{
    /// <summary>States times units of the larger layer that one core enumerates in some ten seconds.</summary>
    private const double QuickWork = 1.1e11;

    /// <summary>Whether the enumeration takes some ten seconds at most: by size, not by a clock, so that a command does the same every time.</summary>
    public static bool IsQuick(RbmParameters parameters)
    {
        int small = Math.Min(parameters.Visible, parameters.Hidden);
        return small <= ExactPartitionFunction.MaxUnits && Math.ScaleB(Math.Max(parameters.Visible, parameters.Hidden), small) <= QuickWork;
    }

    /// <summary>Refuses models that are too large.</summary>
    /// <exception cref="InvalidInputException">Both layers are larger than the limit.</exception>
    public static void Check(RbmParameters parameters, string path)
    {
        if (Math.Min(parameters.Visible, parameters.Hidden) > ExactPartitionFunction.MaxUnits)
        {
            double hours = ExactPartitionFunction.EstimateSeconds(parameters.Visible, parameters.Hidden, Environment.ProcessorCount) / 3600;
            string time = hours < 1e9 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(hours, 0.1):#,0.#}") : string.Create(CultureInfo.InvariantCulture, $"{hours:0.#E+0}");
            throw new InvalidInputException(
                path, $"at most {ExactPartitionFunction.MaxUnits} units in the smaller layer, which the exact method enumerates (--method ais estimates beyond)",
                $"{Numbers.Text(parameters.Visible)} visible and {Numbers.Text(parameters.Hidden)} hidden units, which would take about {time} hours on this machine");
        }
    }

    /// <summary>Evaluates.</summary>
    public static EvaluationFigures Run(EvaluationRequest request)
    {
        LikelihoodReport report = ExactLikelihood.Evaluate(
            request.Parameters, request.Rows, request.Threads, request.Progress("enumerating states"), request.Cancellation);
        return new EvaluationFigures
        {
            Rows = report.Rows,
            MeanFreeEnergy = report.MeanFreeEnergy,
            LogPartitionFunction = report.LogPartitionFunction,
            LogLikelihood = report.LogLikelihood,
            Method = report.Method,
        };
    }
}
