namespace FastRbm.Cli.Demos;

/// <summary>What sets one demo of images apart from another: data, training, and what the tutorial says of it.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Data">The name of the data set.</param>
/// <param name="What">What its rows show: "digits".</param>
/// <param name="Steps">k of CD.</param>
/// <param name="BatchSize">Rows a minibatch.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Updates">Updates an epoch; 0 for a pass over all rows.</param>
/// <param name="PersistentRate">The first learning rate of persistent chains.</param>
internal sealed record ImageSettings(string Name, string Data, string What, int Steps, int BatchSize, int Epochs, int Updates, double PersistentRate)
{
    /// <summary>Handwritten digits.</summary>
    public static ImageSettings Digits { get; } = new("digits", "mnist", "digits", 3, 64, 10, 0, 0.1);

    /// <summary>Articles of clothing.</summary>
    public static ImageSettings Fashion { get; } = new("fashion", "fashion-mnist", "clothes", 2, 32, 40, 500, 0.05);
}
