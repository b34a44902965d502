namespace FastRbm.Data;

/// <summary>Whether a text file has class labels.</summary>
public enum LabelColumn
{
    /// <summary>Every column is a value.</summary>
    None = 0,

    /// <summary>The last column is the class, a whole number from 0 to 255.</summary>
    Last = 1,
}
