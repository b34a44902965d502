using System.Globalization;
using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Training.Classification;

/// <summary>Checks of rows that binary units are to learn.</summary>
internal static class ClassificationRows
{
    /// <summary>Refuses values that aren't from 0 to 1.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="name">What they are called.</param>
    public static void CheckRange(IVisibleRows rows, string name)
    {
        if (rows.IsBinary)
        {
            return;
        }

        float[] values = new float[rows.Columns];
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyMeans(row, values);
            for (int column = 0; column < values.Length; column++)
            {
                if (!(values[column] >= 0 && values[column] <= 1))
                {
                    Throw.Argument(name, "values from 0 to 1", string.Create(CultureInfo.InvariantCulture, $"{values[column]} at row {row}, column {column}"));
                }
            }
        }
    }
}
