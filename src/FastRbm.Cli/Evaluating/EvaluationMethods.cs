using FastRbm.Models;

namespace FastRbm.Cli.Evaluating;

/// <summary>The ways to evaluate, by their words on the command line. A new way is a function here and a line in the table.</summary>
internal static class EvaluationMethods
{
    /// <summary>Exact where that is quick, else by annealing both ways.</summary>
    public const string Auto = "auto";

    private const string Exact = "exact";
    private const string Annealing = "ais";
    private const string Raise = "raise";
    private const string Tap = "tap";

    private static readonly Dictionary<string, Func<EvaluationRequest, EvaluationFigures>> _methods = new(StringComparer.Ordinal)
    {
        [Exact] = ExactEvaluation.Run,
        [Annealing] = AnnealingEvaluation.Run,
        [Raise] = RaiseEvaluation.Run,
        [Tap] = MeanFieldEvaluation.Run,
    };

    /// <summary>All words.</summary>
    public static IReadOnlyCollection<string> Words { get; } = [Auto, .. _methods.Keys];

    /// <summary>The word of the method that a word stands for with a model.</summary>
    public static string Resolve(string word, RbmParameters parameters) =>
        word != Auto ? word : ExactEvaluation.IsQuick(parameters) ? Exact : Annealing;

    /// <summary>Refuses what a method can't do, before any data is read.</summary>
    public static void Check(string method, RbmParameters parameters, string path)
    {
        if (method == Exact)
        {
            ExactEvaluation.Check(parameters, path);
        }
    }

    /// <summary>Evaluates.</summary>
    public static EvaluationFigures Run(string method, EvaluationRequest request) => _methods[method](request);
}
