using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Training;

namespace FastRbm.Cli.Running;

/// <summary>What a training session trains: an RBM, or a model that is trained as one.</summary>
/// <param name="Trainer">The run.</param>
/// <param name="Save">Saves the model: path and metadata.</param>
/// <param name="SaveState">Saves the whole run: path, fingerprint of the data and metadata.</param>
/// <param name="Filters">Draws the filters where they aren't the weights of hidden units one by one; or null.</param>
internal sealed record TrainedModel(
    Trainer Trainer, Action<string, IReadOnlyDictionary<string, string>> Save, Action<string, string, IReadOnlyDictionary<string, string>> SaveState,
    Func<ImageShape, PixelImage>? Filters);
