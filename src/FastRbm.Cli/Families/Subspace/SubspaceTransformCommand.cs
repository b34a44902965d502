using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Subspace;

/// <summary>rbm transform by a subspace RBM.</summary>
internal sealed class SubspaceTransformCommand
{
    private const int RowsAtOnce = 1024;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "An .npy of 4-byte floats: a row a row of data, a column a gate", "file");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();

    private SubspaceTransformCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        SubspaceTransformCommand transform = new(terminal);
        Command command = new("transform", "Turn rows into features: p(h = 1 | x) of the gates, with the subspace units summed out.")
        {
            transform._model, transform._data, transform._output, transform._limit, transform._dataDirectory,
        };
        command.SetAction(transform.Run);
        return command;
    }

    /// <summary>p(h = 1 | x) of all rows.</summary>
    public static Matrix Means(SubspaceRbm model, IVisibleRows rows, CancellationToken cancellation)
    {
        Matrix means = new(rows.Rows, model.Gates);
        RbmWorkspace workspace = model.NewWorkspace();
        for (int first = 0; first < rows.Rows; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(RowsAtOnce, rows.Rows - first);
            BitMatrix visible = new(count, rows.Columns);
            Matrix some = new(count, means.Columns);
            for (int row = 0; row < count; row++)
            {
                rows.CopyBits(first + row, visible.Row(row));
            }

            model.MeanGates(visible, workspace, some);
            for (int row = 0; row < count; row++)
            {
                some.Row(row).CopyTo(means.Row(first + row));
            }
        }

        return means;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        if (OutputPath.IsPicture(output))
        {
            throw new UsageException($"{_output.Name}: expected a file name that ends in .npy, found {output}.");
        }

        string path = parse.GetRequiredValue(_model);
        string name = parse.GetRequiredValue(_data);
        OutputPath.RequireOther(_output.Name, output, _model.Name, path);
        OutputPath.RequireOther(_output.Name, output, _data.Name, name);
        OutputPath.RequireWritable(output);
        SubspaceRbm model = SubspaceFile.Load(path);
        using TerminationSignals signals = new();
        try
        {
            Dataset rows = new DataSelection(_terminal, parse.GetValue(_dataDirectory)).OpenBits(name, parse.GetValue(_limit), signals.Token);
            DataSelection.RequireWidth(rows, model.Visible, path);
            NpyWriter.Write(output, (CommunityToolkit.HighPerformance.ReadOnlySpan2D<float>)Means(model, rows, signals.Token).AsSpan2D());
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What}; {output} isn't written.");
            return signals.ExitCode;
        }

        _terminal.Note($"the features are saved in {output}.");
        return ExitCode.Done;
    }
}
