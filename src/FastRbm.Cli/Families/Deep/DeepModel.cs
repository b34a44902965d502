using System.Globalization;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Models.Networks;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Deep;

/// <summary>A deep model from a file: one of two kinds.</summary>
/// <param name="Belief">A deep belief network, or null.</param>
/// <param name="Boltzmann">A deep Boltzmann machine, or null.</param>
/// <param name="Metadata">The file's metadata.</param>
internal sealed record DeepModel(DeepBeliefNetwork? Belief, DeepBoltzmannMachine? Boltzmann, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Mean-field sweeps where a file doesn't say.</summary>
    private const int DefaultSweeps = 5;

    /// <summary>Units of the layers.</summary>
    public IReadOnlyList<int> Layers => Belief?.Layers ?? Boltzmann!.Layers;

    /// <summary>The classifier's network, or null.</summary>
    public Network? Network => Belief is null ? Boltzmann!.Classifier : Belief.Classifier;

    /// <summary>The shape of pictures of the visible layer.</summary>
    public ImageShape Shape => PictureShape.Of(Metadata, Layers[0]);

    /// <summary>Mean-field sweeps of the classifier.</summary>
    public int Sweeps =>
        Metadata.TryGetValue(DeepFiles.SweepsKey, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int sweeps) && sweeps <= 10_000 ? sweeps : DefaultSweeps;

    /// <summary>Loads a model.</summary>
    public static DeepModel Load(string path, bool boltzmann) => boltzmann
        ? new(null, DeepBoltzmannFile.Load(path), DeepBoltzmannFile.LoadMetadata(path))
        : new(DeepBeliefFile.Load(path), null, DeepBeliefFile.LoadMetadata(path));

    /// <summary>The classifier.</summary>
    /// <exception cref="InvalidInputException">The model has none.</exception>
    public IClassifier Classifier(string path, int threads)
    {
        if (Network is null)
        {
            throw new InvalidInputException(path, "a model with a classifier (rbm train ... --fine-tune)", "one without");
        }

        return Belief is not null ? new NetworkClassifier(Network) : new DeepBoltzmannClassifier(Boltzmann!, Sweeps, threads);
    }
}
