namespace FastRbm.Data;

/// <summary>A published data set: where its files are and how they are read.</summary>
/// <param name="Name">What users call it, and the folder that holds its files.</param>
/// <param name="Mirror">Where it can be downloaded from; null if nowhere.</param>
/// <param name="Text">How text files are read; null if the files are IDX.</param>
internal sealed record PublishedSet(string Name, Uri? Mirror, DelimitedTextOptions? Text)
{
    /// <summary>The rows of each split and, if they have some, the file with their labels.</summary>
    public required IReadOnlyDictionary<DatasetSplit, (PublishedFile Rows, PublishedFile? Labels)> Splits { get; init; }
}
