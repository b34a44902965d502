using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Training;

namespace FastRbm.Cli.Commands;

/// <summary>rbm complete.</summary>
internal sealed class CompleteCommand
{
    private const int MostTiles = 100;

    /// <summary>What is flipped is the same for every --seed, which the chains have.</summary>
    private const ulong FlippingSeed = 0;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<string?> _mask = OptionFactory.Text(
        "--mask",
        "What is to be filled in: half of an image, each value with probability P, what is NaN in the data, or what is 1 in a file of 0 and 1 "
            + "(a row or an image for all rows, or a row for each)",
        CompletionMask.Help);

    private readonly Option<double?> _flipRate = OptionFactory.OptionalNumber(
        "--flip-rate", "Values that aren't filled in were each flipped with this probability: they are denoised [default: --corrupt]");

    private readonly Option<double> _corrupt = OptionFactory.Number(
        "--corrupt", "Flip each value of the data with this probability first, the same ones for every seed: for experiments", 0);

    private readonly Option<int> _burnIn = OptionFactory.Integer("--burn-in", "Gibbs steps of each row's chain before the means", 100, least: 0);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Gibbs steps that the means are averages over", 200, least: 1);
    private readonly Option<bool> _means = OptionFactory.Switch("--means", "Write means E[v | what is known]; this is so without it");
    private readonly Option<bool> _draws = OptionFactory.Switch("--draws", "Write one draw of p(v | what is known) instead");
    private readonly Option<bool> _likelihood = OptionFactory.Switch(
        "--likelihood", $"Also compute log p(filled values | the others) exactly, beside two simple predictors: models of at most {ExactPartitionFunction.MaxUnits} hidden units");

    private readonly Option<string?> _baseData = OptionFactory.Text(
        "--base-data", "What the simple predictors of --likelihood learn from [default: the training split of --data]", "name|path");

    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string> _output = OptionFactory.RequiredText(
        "--output", $"A .png of what is known above what it becomes, of {MostTiles} rows at most, from all over the data, or an .npy of all rows", "file");

    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private CompleteCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        CompleteCommand complete = new(terminal);
        Command command = new("complete", "Fill in missing values of rows and denoise the others: inpaint, impute, denoise.")
        {
            complete._model, complete._data, complete._mask, complete._output, complete._flipRate, complete._corrupt, complete._burnIn, complete._steps,
            complete._means, complete._draws, complete._likelihood, complete._baseData, complete._limit, complete._dataDirectory, complete._seed,
            complete._threads, complete._json,
        };
        command.SetAction(complete.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        bool asPicture = OutputPath.IsPicture(output);
        double flipRate = Check(parse);
        string path = parse.GetRequiredValue(_model);
        string name = parse.GetRequiredValue(_data);
        string? mask = parse.GetValue(_mask);
        OutputPath.RequireOther(_output.Name, output, _model.Name, path);
        OutputPath.RequireOther(_output.Name, output, _data.Name, name);
        OutputPath.RequireOther(_output.Name, output, _mask.Name, mask);
        OutputPath.RequireWritable(output);
        Rbm rbm = ModelFile.Load(path);
        ImageShape shape = PictureShape.Of(ModelFile.LoadMetadata(path), rbm.Visible.Count);
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            bool missing = mask == CompletionMask.Missing;
            if (rbm.Visible.Kind != UnitKind.Binary || !rbm.Hidden.StatesAreBits)
            {
                CompleteUnits(parse, rbm, path, selection.OpenStates(rbm.Visible, name, parse.GetValue(_limit), signals.Token, missing), shape, bar, signals.Token);
                _terminal.Note($"the rows are saved in {output}.");
                return ExitCode.Done;
            }

            var truth = (BitDataset)selection.OpenBits(name, parse.GetValue(_limit), signals.Token, missing);
            DataSelection.RequireWidth(truth, rbm.Visible.Count, path);
            BitMatrix known = CompletionMask.Known(mask, truth, shape);
            TellExtremes(known, flipRate);
            double corrupt = parse.GetValue(_corrupt);
            BitDataset given = corrupt > 0 ? truth.Flip(corrupt, FlippingSeed) : truth;
            Completion completion = new(rbm, given, known, flipRate)
            {
                BurnIn = parse.GetValue(_burnIn),
                Steps = parse.GetValue(_steps),
                Seed = parse.GetValue(_seed),
                Threads = CommonOptions.ThreadsOf(parse, _threads),
            };
            completion.Run(bar, signals.Token);
            bool draws = parse.GetValue(_draws);
            FigureTable table = new();
            Func<int, int, float> value = draws ? (row, column) => completion.Draws[row, column] ? 1 : 0 : (row, column) => completion.Means[row, column];
            bool isTruth = !missing && (corrupt > 0 || flipRate == 0);
            CompletionFigures.Fill(table, isTruth ? truth : null, given, known, value);
            if (parse.GetValue(_likelihood))
            {
                string baseData = parse.GetValue(_baseData) ?? NamedDatasets.TrainingSplitOf(name);
                Dataset training = baseData == name ? truth : selection.OpenBits(baseData, null, signals.Token);
                AddLikelihoods(table, rbm, truth, training, known, CommonOptions.ThreadsOf(parse, _threads), bar, signals.Token);
            }

            bar.Clear();
            Save(output, asPicture, shape, given, known, value, draws);
            if (parse.GetValue(_json))
            {
                JsonLine.Write(_terminal.Output, table.WriteJson);
            }
            else
            {
                table.WriteText(_terminal.Output);
            }
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; {output} isn't written.");
            return signals.ExitCode;
        }

        _terminal.Note($"the rows are saved in {output}.");
        return ExitCode.Done;
    }

    /// <summary>The same for units of other kinds, which are known or not.</summary>
    private void CompleteUnits(ParseResult parse, Rbm rbm, string path, Dataset states, ImageShape shape, ProgressBar bar, CancellationToken cancellation)
    {
        string? mask = parse.GetValue(_mask);
        if (mask is null || parse.GetValue(_likelihood) || parse.GetValue(_corrupt) > 0 || parse.GetValue(_flipRate) > 0)
        {
            throw new InvalidInputException(path, $"binary units to denoise or for {_likelihood.Name}", $"{rbm.Visible.Name} and {rbm.Hidden.Name} units");
        }

        DataSelection.RequireWidth(states, rbm.Visible.Count, path);
        Dataset table = UnitTable.Columns(rbm.Visible) == rbm.Visible.Count ? states : Table(rbm.Visible, states);
        BitMatrix known = CompletionMask.Known(mask, table, shape.Pixels == table.Columns ? shape : ImageShape.Line(table.Columns));
        TellExtremes(known, flipRate: 0);
        UnitCompletion completion = new(rbm, states, known);
        bool draws = parse.GetValue(_draws);
        completion.Run(
            parse.GetValue(_burnIn), parse.GetValue(_steps), draws, parse.GetValue(_seed), CommonOptions.ThreadsOf(parse, _threads), bar, cancellation);
        bar.Clear();
        FigureTable figures = new();
        completion.Fill(figures, mask == CompletionMask.Missing ? null : states);
        string output = parse.GetRequiredValue(_output);
        if (OutputPath.IsPicture(output))
        {
            Pictures.Units(rbm.Visible, completion.Units!, shape).SavePng(output);
        }
        else
        {
            NpyWriter.Write(output, (CommunityToolkit.HighPerformance.ReadOnlySpan2D<float>)completion.Rows.AsSpan2D());
        }

        if (parse.GetValue(_json))
        {
            JsonLine.Write(_terminal.Output, figures.WriteJson);
        }
        else
        {
            figures.WriteText(_terminal.Output);
        }
    }

    /// <summary>The table that states are of, for masks: a column a category.</summary>
    private static Dataset Table(UnitLayer layer, Dataset states)
    {
        int columns = UnitTable.Columns(layer);
        float[] values = new float[states.Rows * columns];
        float[] row = new float[layer.Count];
        IReadOnlyList<int> first = UnitTable.FirstUnits(layer);
        BitMatrix observed = new(states.Rows, columns);
        ulong[] known = new ulong[BitMatrix.WordsFor(layer.Count)];
        for (int r = 0; r < states.Rows; r++)
        {
            states.CopyMeans(r, row);
            states.CopyObserved(r, known);
            UnitTable.Decode(layer, row, values.AsSpan(r * columns, columns));
            for (int column = 0; column < columns; column++)
            {
                observed[r, column] = (known[first[column] >> 6] >> (first[column] & 63) & 1) != 0;
            }
        }

        RealDataset table = RealDataset.FromFloats(states.Name, states.Rows, columns, values);
        return states.HasMissing ? table.Observe(observed) : table;
    }

    /// <summary>Checks what goes with what.</summary>
    /// <returns>The probability that a known value is wrong.</returns>
    private double Check(ParseResult parse)
    {
        double corrupt = parse.GetValue(_corrupt);
        double flipRate = parse.GetValue(_flipRate) ?? corrupt;
        foreach ((string option, double rate) in (ReadOnlySpan<(string, double)>)[(_corrupt.Name, corrupt), (_flipRate.Name, flipRate)])
        {
            if (!(rate >= 0 && rate <= 0.5))
            {
                throw new UsageException($"{option}: expected a number from 0 to 0.5, found {Numbers.Text(rate)}.");
            }
        }

        if (parse.GetValue(_mask) is null && flipRate == 0)
        {
            throw new UsageException($"{_mask.Name}: expected a mask, or {_flipRate.Name} to denoise by, found neither.");
        }

        if (parse.GetValue(_means) && parse.GetValue(_draws))
        {
            throw new UsageException($"{_means.Name}: expected it without {_draws.Name}, found both.");
        }

        bool likelihood = parse.GetValue(_likelihood);
        if (parse.GetValue(_baseData) is not null && !likelihood)
        {
            throw new UsageException($"{_baseData.Name}: expected {_likelihood.Name} with it, found none.");
        }

        if (likelihood && (flipRate > 0 || parse.GetValue(_mask) == CompletionMask.Missing))
        {
            throw new UsageException($"{_likelihood.Name}: expected values that are known for certain, found a flip rate or missing ones.");
        }

        return flipRate;
    }

    private void TellExtremes(BitMatrix known, double flipRate)
    {
        long count = 0;
        for (int row = 0; row < known.Rows; row++)
        {
            count += known.CountOn(row);
        }

        if (count == 0)
        {
            _terminal.Note("nothing is known: the rows are plain samples of the model.");
        }
        else if (count == (long)known.Rows * known.Columns && flipRate == 0)
        {
            _terminal.Note("everything is known: the rows are those of the data.");
        }
    }

    private static void AddLikelihoods(
        FigureTable table, Rbm rbm, Dataset rows, Dataset training, BitMatrix known, int threads, ProgressBar bar, CancellationToken cancellation)
    {
        double[] model = ConditionalLikelihood.LogConditionals(RbmParameters.From(rbm), rows, known, threads, new Share(bar), cancellation);
        table.Add("conditional_log_likelihood", model.Average());
        table.Add("conditional_log_likelihood_of_independent_units", CompletionBaselines.IndependentUnits(training, rows, known).Average());
        table.Add("conditional_log_likelihood_of_nearest_neighbour", CompletionBaselines.NearestNeighbour(training, rows, known, threads, cancellation).Average());
    }

    private static void Save(
        string output, bool asPicture, ImageShape shape, BitDataset given, BitMatrix known, Func<int, int, float> value, bool draws)
    {
        if (asPicture)
        {
            int count = Math.Min(MostTiles, given.Rows);
            Matrix before = new(count, given.Columns);
            Matrix after = new(count, given.Columns);
            SpreadRows spread = new(given.Rows);
            for (int tile = 0; tile < count; tile++)
            {
                int row = count == given.Rows ? tile : spread[tile];
                given.CopyMeans(row, before.Row(tile));
                for (int column = 0; column < given.Columns; column++)
                {
                    // What isn't known is grey.
                    before[tile, column] = known[known.Rows == 1 ? 0 : row, column] ? before[tile, column] : 0.5f;
                    after[tile, column] = value(row, column);
                }
            }

            Pictures.Pairs(before, after, shape).SavePng(output);
            return;
        }

        if (draws)
        {
            byte[,] bytes = new byte[given.Rows, given.Columns];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i / given.Columns, i % given.Columns] = (byte)value(i / given.Columns, i % given.Columns);
            }

            NpyWriter.Write(output, bytes);
            return;
        }

        Matrix all = new(given.Rows, given.Columns);
        for (int row = 0; row < given.Rows; row++)
        {
            for (int column = 0; column < given.Columns; column++)
            {
                all[row, column] = value(row, column);
            }
        }

        NpyWriter.Write(output, (CommunityToolkit.HighPerformance.ReadOnlySpan2D<float>)all.AsSpan2D());
    }

    private sealed class Share(ProgressBar bar) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, static () => "enumerating");
    }
}
