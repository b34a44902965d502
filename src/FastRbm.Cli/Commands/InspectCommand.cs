using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Cli.Commands;

/// <summary>rbm inspect.</summary>
internal sealed class InspectCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string?> _images = OptionFactory.Text(
        "--images", $"Save pictures here: filters.png (the first {Pictures.MostFilters} hidden units) and visible-bias.png, as means without hidden units", "directory");

    private readonly Option<bool> _json = CommonOptions.Json();

    private InspectCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        InspectCommand inspect = new(terminal);
        Command command = new("inspect", "Show what is in a model: shapes, norms, spectrum, histograms, metadata.")
        {
            inspect._model, inspect._images, inspect._json,
        };
        command.SetAction(inspect.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        string? images = parse.GetValue(_images);
        Rbm rbm = ModelFile.Load(path);
        IReadOnlyDictionary<string, string> metadata = ModelFile.LoadMetadata(path);
        if (images is not null)
        {
            OutputPath.MakeDirectory(images);
        }

        ModelReport report = new(ParametersOf(path, rbm), rbm, metadata);
        if (!report.HasSpectrum)
        {
            _terminal.Note("the spectrum is left out: it would take long for weights of this size.");
        }

        if (images is not null)
        {
            SavePictures(images, rbm, metadata);
        }

        if (parse.GetValue(_json))
        {
            JsonLine.Write(_terminal.Output, report.WriteJson);
        }
        else
        {
            report.WriteText(_terminal.Output);
        }

        return ExitCode.Done;
    }

    /// <summary>The weights and biases as the file has them: in double where units are binary.</summary>
    private static RbmParameters ParametersOf(string path, Rbm rbm)
    {
        if (rbm.Visible.Kind == UnitKind.Binary && rbm.Hidden.Kind == UnitKind.Binary)
        {
            return ModelFile.LoadParameters(path);
        }

        double[] weights = new double[rbm.Visible.Count * rbm.Hidden.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = rbm.Weights[i / rbm.Hidden.Count, i % rbm.Hidden.Count];
        }

        return new RbmParameters(weights, Array.ConvertAll(rbm.Visible.Bias.ToArray(), static bias => (double)bias), Array.ConvertAll(rbm.Hidden.Bias.ToArray(), static bias => (double)bias));
    }

    private static void SavePictures(string directory, Rbm rbm, IReadOnlyDictionary<string, string> metadata)
    {
        Data.ImageShape shape = PictureShape.Of(metadata, rbm.Visible.Count);
        Pictures.Filters(rbm, shape).SavePng(Path.Combine(directory, "filters.png"));
        Memory.Matrix means = new(1, rbm.Visible.Count);
        rbm.Visible.Mean(rbm.Visible.Bias, means.Row(0));
        Pictures.Units(rbm.Visible, means, shape).SavePng(Path.Combine(directory, "visible-bias.png"));
    }
}
