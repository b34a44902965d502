using System.Globalization;

namespace FastRbm.Tests;

/// <summary>Cultures that need no data of the system.</summary>
internal static class Cultures
{
    /// <summary>Numbers with commas and a minus of its own.</summary>
    public static CultureInfo WithCommas
    {
        get
        {
            CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NumberGroupSeparator = ".";
            culture.NumberFormat.NegativeSign = "~";
            return culture;
        }
    }
}
