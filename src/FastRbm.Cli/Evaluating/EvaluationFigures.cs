using System.Text.Json;
using FastRbm.Cli.Output;

namespace FastRbm.Cli.Evaluating;

/// <summary>What an evaluation prints, in nats; what a method doesn't know is null and isn't printed.</summary>
internal sealed record EvaluationFigures
{
    private const string DigitsOfText = "F10";

    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The mean free energy of the rows.</summary>
    public required double MeanFreeEnergy { get; init; }

    /// <summary>The figures of the same rows under energies that are larger by a number.</summary>
    public EvaluationFigures Shift(double energy) => energy == 0 ? this : this with
    {
        MeanFreeEnergy = MeanFreeEnergy + energy,
        LogPartitionFunction = LogPartitionFunction - energy,
        LogPartitionFunctionLower = LogPartitionFunctionLower - energy,
        LogPartitionFunctionUpper = LogPartitionFunctionUpper - energy,
    };

    /// <summary>log Z.</summary>
    public double? LogPartitionFunction { get; init; }

    /// <summary>Its lower bound.</summary>
    public double? LogPartitionFunctionLower { get; init; }

    /// <summary>Its upper bound.</summary>
    public double? LogPartitionFunctionUpper { get; init; }

    /// <summary>The mean log-likelihood of a row.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Its lower bound.</summary>
    public double? LogLikelihoodLower { get; init; }

    /// <summary>Its upper bound.</summary>
    public double? LogLikelihoodUpper { get; init; }

    /// <summary>How many runs of equal weight would be as good.</summary>
    public double? EffectiveSampleSize { get; init; }

    /// <summary>Whether to trust the figures.</summary>
    public string? Verdict { get; init; }

    /// <summary>The method's word.</summary>
    public required string Method { get; init; }

    /// <summary>Writes one JSON object or a line a figure.</summary>
    public void Write(TextWriter output, bool json)
    {
        (string Name, object? Value)[] all =
        [
            ("rows", Rows),
            ("mean_free_energy", MeanFreeEnergy),
            ("log_partition_function", LogPartitionFunction),
            ("log_partition_function_lower", LogPartitionFunctionLower),
            ("log_partition_function_upper", LogPartitionFunctionUpper),
            ("log_likelihood", LogLikelihood),
            ("log_likelihood_lower", LogLikelihoodLower),
            ("log_likelihood_upper", LogLikelihoodUpper),
            ("effective_sample_size", EffectiveSampleSize),
            ("verdict", Verdict),
            ("method", Method),
        ];
        (string Name, object Value)[] known = [.. all.Where(static figure => figure.Value is not null).Select(static figure => (figure.Name, figure.Value!))];
        if (json)
        {
            JsonLine.Write(output, line => Array.ForEach(known, figure => Write(line, figure.Name, figure.Value)));
            return;
        }

        int width = known.Max(static figure => figure.Name.Length) + 2;
        foreach ((string name, object value) in known)
        {
            output.WriteLine(name.PadRight(width) + value switch
            {
                int number => Numbers.Text(number),
                double number => Numbers.Text(number, DigitsOfText),
                _ => (string)value,
            });
        }
    }

    private static void Write(Utf8JsonWriter line, string name, object value)
    {
        switch (value)
        {
            case int number:
                line.WriteNumber(name, number);
                break;
            case double number:
                line.WriteNumber(name, number);
                break;
            default:
                line.WriteString(name, (string)value);
                break;
        }
    }
}
