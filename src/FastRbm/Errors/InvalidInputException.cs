namespace FastRbm.Errors;

/// <summary>
/// A file or a data set holds what it must not hold. The message names the source, what was expected, what was found and where.
/// </summary>
public sealed class InvalidInputException : Exception
{
    /// <summary>Describes one thing that is wrong with an input.</summary>
    /// <param name="source">The file or data set, as the user named it.</param>
    /// <param name="expected">What should have been there.</param>
    /// <param name="found">What was there.</param>
    /// <param name="place">Where: "row 17, column 3" (both counted from 0), "byte 12"; null when it is the whole.</param>
    public InvalidInputException(string source, string expected, string found, string? place = null)
        : base(place is null ? $"{source}: expected {expected}, found {found}." : $"{source}, {place}: expected {expected}, found {found}.")
    {
        Input = source;
        Expected = expected;
        Found = found;
        Place = place;
    }

    /// <summary>The file or data set, as the user named it.</summary>
    public string Input { get; }

    /// <summary>What should have been there.</summary>
    public string Expected { get; }

    /// <summary>What was there.</summary>
    public string Found { get; }

    /// <summary>Where it was; null when the whole is meant.</summary>
    public string? Place { get; }
}
