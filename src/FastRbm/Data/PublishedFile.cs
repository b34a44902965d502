namespace FastRbm.Data;

/// <summary>A file of a published data set: its name and what its bytes must be when it is downloaded.</summary>
/// <param name="Name">The file's name, the same in a data directory and at the publisher's.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal digits.</param>
internal sealed record PublishedFile(string Name, long Bytes, string Sha256)
{
    /// <summary>The names under which a data directory may hold the file: as published, or decompressed.</summary>
    public IReadOnlyList<string> Spellings => Name.EndsWith(".gz", StringComparison.Ordinal) ? [Name, Name[..^3]] : [Name];
}
