using System.Globalization;
using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>How log Z is estimated by annealing.</summary>
public sealed record AnnealingOptions
{
    /// <summary>Runs in each direction, at least 1. Their weights' spread is what errors are told from: 1 has none.</summary>
    public int Runs { get; init; } = 100;

    /// <summary>The inverse temperatures.</summary>
    public AnnealingSchedule Schedule { get; init; } = AnnealingSchedule.Classic();

    /// <summary>Rows that base rates are taken from and that reverse runs start at: training data. Null for neither.</summary>
    public IVisibleRows? Data { get; init; }

    /// <summary>a0, a finite number a visible unit; null for the log-odds of <see cref="Data"/>, and zeros without.</summary>
    public IReadOnlyList<double>? BaseBias { get; init; }

    /// <summary>Whether runs go from the model back to the base rates too, which bounds log Z from above.</summary>
    public bool BothWays { get; init; } = true;

    /// <summary>
    /// States that reverse runs start at, spread evenly over them, before <see cref="StartSweeps"/>. Null for exact samples of models whose
    /// smaller layer has at most 16 units, by enumeration, and for <see cref="Data"/> with others, or the base rates without. The
    /// bound from above holds for exact samples.
    /// </summary>
    public IVisibleRows? Starts { get; init; }

    /// <summary>Gibbs sweeps from the starts to the model, 0 or more: 0 only for starts that are samples of the model already. Enumerated ones need none.</summary>
    public int StartSweeps { get; init; } = 1000;

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, at least 1. Results don't depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Refuses what can't be run.</summary>
    /// <param name="rbm">The model.</param>
    /// <returns>a0 as floats.</returns>
    internal float[] Validate(Rbm rbm)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        rbm.RequireBinary(nameof(rbm));
        ArgumentNullException.ThrowIfNull(rbm);
        if (rbm.Visible is not BinaryLayer || rbm.Hidden is not BinaryLayer)
        {
            Throw.Argument(nameof(rbm), "binary units in both layers", $"{rbm.Visible.Name} visible and {rbm.Hidden.Name} hidden units");
        }

        Throw.IfLess(Runs, 1);
        Throw.IfLess(Threads, 1);
        Throw.IfLess(StartSweeps, 0);
        ArgumentNullException.ThrowIfNull(Schedule);
        CheckRows(Data, rbm, nameof(Data));
        CheckRows(Starts, rbm, nameof(Starts));
        return BaseBias is null
            ? Array.ConvertAll(Data is null ? new double[rbm.Visible.Count] : BaseRates.LogOdds(Data), static odds => (float)odds)
            : Checked(BaseBias, rbm.Visible.Count);
    }

    /// <summary>Refuses rows that aren't states of the visible layer.</summary>
    internal static void CheckRows(IVisibleRows? rows, Rbm rbm, string name)
    {
        if (rows is null)
        {
            return;
        }

        Throw.IfLess(rows.Rows, 1, name);
        if (rows.Columns != rbm.Visible.Count)
        {
            Throw.Argument(name, string.Create(CultureInfo.InvariantCulture, $"rows of {rbm.Visible.Count} values, the model's visible units"), rows.Columns.ToString(CultureInfo.InvariantCulture));
        }

        if (!rows.IsBinary)
        {
            Throw.Argument(name, "values 0 and 1", "values between them; binarize them first");
        }

        PartialRows.RequireComplete(rows, name);
    }

    private static float[] Checked(IReadOnlyList<double> bias, int visible)
    {
        Throw.IfLengthDiffers(bias.Count, visible, nameof(BaseBias));
        float[] copy = new float[visible];
        for (int unit = 0; unit < visible; unit++)
        {
            copy[unit] = (float)bias[unit];
            if (!float.IsFinite(copy[unit]))
            {
                Throw.Argument(nameof(BaseBias), "finite values", string.Create(CultureInfo.InvariantCulture, $"{bias[unit]} at unit {unit}"));
            }
        }

        return copy;
    }
}
