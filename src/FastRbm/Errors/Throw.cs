using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace FastRbm.Errors;

/// <summary>The one place that builds exceptions, so that every message names argument, expectation, finding and place.</summary>
internal static class Throw
{
    /// <summary>Throws unless <paramref name="value"/> is at least <paramref name="minimum"/>.</summary>
    public static void IfLess(int value, int minimum, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value < minimum)
        {
            OutOfRange(name, $"at least {minimum.ToString(CultureInfo.InvariantCulture)}", value);
        }
    }

    /// <summary>Throws unless <paramref name="value"/> is finite and within [minimum, maximum].</summary>
    public static void IfOutside(double value, double minimum, double maximum, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value >= minimum && value <= maximum))
        {
            OutOfRange(name, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"), value);
        }
    }

    /// <summary>Throws unless a span has exactly the expected length.</summary>
    public static void IfLengthDiffers(int length, int expected, string? name)
    {
        if (length != expected)
        {
            Length(name, expected, length);
        }
    }

    [DoesNotReturn]
    public static void OutOfRange<T>(string? name, string expected, T found) =>
        throw new ArgumentOutOfRangeException(name, string.Create(CultureInfo.InvariantCulture, $"{name}: expected {expected}, found {found}."));

    /// <summary>Throws for a file that can't be read or written, whatever is in it.</summary>
    [DoesNotReturn]
    public static void File(string path, string expected, string found, Exception? inner = null) =>
        throw new IOException($"{path}: expected {expected}, found {found}.", inner);

    [DoesNotReturn]
    public static void Length(string? name, long expected, long found) =>
        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name}: expected a length of {expected}, found {found}."), name);

    [DoesNotReturn]
    public static void Argument(string? name, string expected, string found) =>
        throw new ArgumentException($"{name}: expected {expected}, found {found}.", name);

    [DoesNotReturn]
    public static void Input(string source, string expected, string found, string? place = null) =>
        throw new InvalidInputException(source, expected, found, place);
}
