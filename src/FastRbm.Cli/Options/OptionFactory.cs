using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace FastRbm.Cli.Options;

/// <summary>Makes options whose errors name the option, what it takes and what it got, in one line.</summary>
internal static class OptionFactory
{
    /// <summary>A whole number of at least <paramref name="least"/>, with a default.</summary>
    public static Option<int> Integer(string name, string description, int fallback, int least = int.MinValue) => new(name)
    {
        Description = description,
        HelpName = "n",
        DefaultValueFactory = _ => fallback,
        CustomParser = result => ParseInteger(name, least, result),
    };

    /// <summary>A whole number that must be given.</summary>
    public static Option<int> RequiredInteger(string name, string description, int least) => new(name)
    {
        Description = description,
        HelpName = "n",
        Required = true,
        CustomParser = result => ParseInteger(name, least, result),
    };

    /// <summary>A whole number that may be left out.</summary>
    public static Option<int?> OptionalInteger(string name, string description, int least = int.MinValue) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result => ParseInteger(name, least, result),
    };

    /// <summary>A seed: 0 to 2^64 - 1.</summary>
    public static Option<ulong> Seed(string name, string description, ulong fallback) => new(name)
    {
        Description = description,
        HelpName = "n",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                result.AddError($"{name}: expected a whole number from 0 to {ulong.MaxValue.ToString(CultureInfo.InvariantCulture)}, found {text}");
            }

            return value;
        },
    };

    /// <summary>A number with a default; its range is checked later.</summary>
    public static Option<double> Number(string name, string description, double fallback) => new(name)
    {
        Description = description,
        HelpName = "x",
        DefaultValueFactory = _ => fallback,
        CustomParser = result => ParseNumber(name, result),
    };

    /// <summary>A number that may be left out; its range is checked later.</summary>
    public static Option<double?> OptionalNumber(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "x",
        CustomParser = result => ParseNumber(name, result),
    };

    /// <summary>A text, such as a path, that isn't empty.</summary>
    public static Option<string?> Text(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => ParseText(name, helpName, result),
    };

    /// <summary>A text that must be given.</summary>
    public static Option<string> RequiredText(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Required = true,
        CustomParser = result => ParseText(name, helpName, result),
    };

    /// <summary>One of several words.</summary>
    public static Option<string> Choice(string name, string description, string fallback, params IReadOnlyCollection<string> words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!words.Contains(text))
            {
                result.AddError($"{name}: expected {(words.Count == 1 ? string.Empty : "one of ")}{string.Join(", ", words)}, found {text}");
            }

            return text;
        },
    };

    /// <summary>A switch.</summary>
    public static Option<bool> Switch(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    private static int ParseInteger(string name, int least, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value < least)
        {
            string range = least == int.MinValue ? string.Empty : $" of at least {least.ToString(CultureInfo.InvariantCulture)}";
            result.AddError($"{name}: expected a whole number{range}, found {text}");
        }

        return value;
    }

    private static double ParseNumber(string name, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            result.AddError($"{name}: expected a number, found {text}");
        }

        return value;
    }

    private static string ParseText(string name, string helpName, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal))
        {
            result.AddError($"{name}: expected {helpName}, found nothing");
        }

        return text;
    }
}
