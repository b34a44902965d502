using System.CommandLine;
using FastRbm.Data;
using FastRbm.Training;

namespace FastRbm.Cli.Options;

/// <summary>The options of rbm train that say what becomes of missing values.</summary>
internal sealed class MissingOptionSet
{
    private const string Refuse = "refuse";
    private const string Mean = "mean";

    /// <summary>What is hidden is the same for every --seed, so that runs that differ in it see the same data.</summary>
    private const ulong HidingSeed = 0;

    private static readonly Dictionary<string, MissingValues> _ways = new(StringComparer.Ordinal)
    {
        [Refuse] = MissingValues.Refuse,
        ["marginal"] = MissingValues.Marginal,
        ["absent"] = MissingValues.Absent,
        [Mean] = MissingValues.Refuse,
    };

    private readonly Option<string> _missing = OptionFactory.Choice(
        "--missing",
        "Missing values (NaN in .npy and text): an error (refuse), sampled as hidden units are (marginal), left out with their units, "
            + "by --algorithm cd without centring (absent), or replaced by the mean of their column, for comparison (mean)",
        Refuse, _ways.Keys);

    private readonly Option<int> _steps = OptionFactory.Integer(
        "--missing-steps", "Gibbs steps of missing values in each update, with --missing marginal", new TrainingOptions().MissingSteps);

    private readonly Option<double> _hide = OptionFactory.Number(
        "--hide", "Hide each value of the training rows with this probability, the same ones for every seed: for experiments with --missing", 0);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_missing);
        command.Options.Add(_steps);
        command.Options.Add(_hide);
    }

    /// <summary>Whether rows may have missing values.</summary>
    public bool Allows(ParseResult parse) => parse.GetRequiredValue(_missing) != Refuse;

    /// <summary>What becomes of missing values in training.</summary>
    public MissingValues Read(ParseResult parse) => _ways[parse.GetRequiredValue(_missing)];

    /// <summary>The Gibbs steps of missing values.</summary>
    public int Steps(ParseResult parse) => parse.GetValue(_steps);

    /// <summary>Checks what goes with what.</summary>
    /// <exception cref="UsageException">Values are to be hidden but not to be missing, or a share is out of its range.</exception>
    public void Check(ParseResult parse)
    {
        double share = parse.GetValue(_hide);
        if (!(share is >= 0 and < 1))
        {
            throw new UsageException($"{_hide.Name}: expected a number from 0 to below 1, found {Output.Numbers.Text(share)}.");
        }

        if (share > 0 && !Allows(parse))
        {
            throw new UsageException($"{_hide.Name}: expected {_missing.Name} marginal, absent or mean with it, found {Refuse}.");
        }

        if (parse.GetResult(_steps) is { Implicit: false } && Read(parse) != MissingValues.Marginal)
        {
            throw new UsageException($"{_steps.Name}: expected {_missing.Name} marginal with it, found {parse.GetRequiredValue(_missing)}.");
        }
    }

    /// <summary>Hides values and fills missing ones as the options ask.</summary>
    public Dataset Prepare(Dataset data, ParseResult parse)
    {
        double share = parse.GetValue(_hide);
        Dataset hidden = share > 0 ? data.Hide(share, HidingSeed) : data;
        return parse.GetRequiredValue(_missing) == Mean ? hidden.FillMeans() : hidden;
    }

    /// <summary>The word for a way.</summary>
    public static string WordOf(MissingValues missing) => _ways.First(pair => pair.Value == missing).Key;
}
