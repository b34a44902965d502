namespace FastRbm.Data;

/// <summary>What the numbers of a text file mean.</summary>
public sealed record DelimitedTextOptions
{
    /// <summary>What every value is divided by: 255 for grey levels 0..255. A positive finite number; 1 by default.</summary>
    public double Divisor { get; init; } = 1;

    /// <summary>Which column is the class; none by default.</summary>
    public LabelColumn LabelColumn { get; init; }

    /// <summary>Whether NaN, or nothing between two commas or semicolons, is a missing value; else it is an error.</summary>
    public bool AllowMissing { get; init; }

    /// <summary>Whether values may be any finite numbers, taken as they are: the result is then a <see cref="RealDataset"/>.</summary>
    public bool AnyNumbers { get; init; }

    /// <summary>How a row lies as an image; 1 x columns if null.</summary>
    public ImageShape? Shape { get; init; }
}
