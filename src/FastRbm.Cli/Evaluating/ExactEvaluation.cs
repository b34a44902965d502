using FastRbm.Cli.Output;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Cli.Evaluating;

/// <summary>--method exact.</summary>
internal static class ExactEvaluation
{
    /// <summary>Whether the enumeration takes some seconds at most.</summary>
    public static bool IsQuick(RbmParameters parameters) => Math.Min(parameters.Visible, parameters.Hidden) <= ExactPartitionFunction.MaxUnits;

    /// <summary>Refuses models that are too large.</summary>
    /// <exception cref="InvalidInputException">Both layers are larger than the limit.</exception>
    public static void Check(RbmParameters parameters, string path)
    {
        if (Math.Min(parameters.Visible, parameters.Hidden) > ExactPartitionFunction.MaxUnits)
        {
            throw new InvalidInputException(
                path, $"at most {ExactPartitionFunction.MaxUnits} units in the smaller layer, which the exact method enumerates",
                $"{Numbers.Text(parameters.Visible)} visible and {Numbers.Text(parameters.Hidden)} hidden units");
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
