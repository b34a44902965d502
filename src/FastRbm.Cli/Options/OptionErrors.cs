using FastRbm.Training;

namespace FastRbm.Cli.Options;

/// <summary>Says what is wrong with option values in the words of the command line.</summary>
internal static class OptionErrors
{
    private const string ParameterSuffix = " (Parameter '";

    /// <summary>Validates training options; a value that is out of range or doesn't go with others becomes a usage error that names its option.</summary>
    /// <param name="options">The options.</param>
    /// <param name="rows">The rows of the data.</param>
    /// <exception cref="UsageException">A value is out of range, or doesn't go with others.</exception>
    public static void Validate(TrainingOptions options, int rows)
    {
        try
        {
            options.Validate(rows);
        }
        catch (ArgumentException wrong)
        {
            string name = wrong.ParamName ?? string.Empty;
            throw new UsageException(OptionNamed(name) + MessageOf(wrong)[name.Length..]);
        }
    }

    /// <summary>The message of an argument exception without what the runtime appends.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>The text.</returns>
    public static string MessageOf(ArgumentException exception)
    {
        int end = exception.Message.LastIndexOf(ParameterSuffix, StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }

    /// <summary>"L1 decay" is --l1-decay.</summary>
    private static string OptionNamed(string name) =>
        name == "momentum ramp epochs" ? "--momentum-ramp"
        : name == "averaged share" ? "--average"
        : name == "binarization" ? "--binarize"
        : "--" + string.Create(name.Length, name, static (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = text[i] == ' ' ? '-' : char.ToLowerInvariant(text[i]);
            }
        });
}
