using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>Reads a file of rows in any format that FastRbm knows, told by its content: IDX, .npy or text, plain or gzipped.</summary>
/// <remarks>Stateless: thread-safe.</remarks>
public static class DatasetReader
{
    private const int SniffedBytes = 4096;

    /// <summary>Reads rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="textOptions">What the numbers mean if it is text; divisor 1 and no labels if null.</param>
    /// <param name="name">What to call the rows in messages; the path if null.</param>
    /// <param name="allowMissing">Whether NaN is a missing value, in text as <see cref="DelimitedTextOptions.AllowMissing"/> says; else it is an error.</param>
    /// <param name="anyNumbers">Whether .npy and text may hold any finite numbers, taken as they are (IDX has grey levels); else they are from 0 to 1.</param>
    /// <returns>A <see cref="RealDataset"/> for any numbers, else a <see cref="BitDataset"/> if all values are 0 or 1, else a <see cref="GreyDataset"/>.</returns>
    /// <exception cref="InvalidInputException">The file can't be read, is of no known format, or is truncated or damaged.</exception>
    public static Dataset Read(string path, DelimitedTextOptions? textOptions = null, string? name = null, bool allowMissing = false, bool anyNumbers = false)
    {
        using var input = InputFile.Open(path);
        name ??= path;
        ReadOnlySpan<byte> head = input.Peek(SniffedBytes);
        if (IdxReader.Recognises(head))
        {
            return IdxReader.Read(input, null, name);
        }

        if (head.StartsWith(NpyReader.Magic))
        {
            return NpyReader.Read(input, name, allowMissing, anyNumbers);
        }

        if (head.IsEmpty)
        {
            Throw.Input(path, "data", "an empty file inside gzip");
        }

        if (head.ContainsAnyInRange((byte)0x00, (byte)0x08) || head.ContainsAnyInRange((byte)0x0E, (byte)0x1F))
        {
            string start = Convert.ToHexString(head[..Math.Min(head.Length, 8)]);
            Throw.Input(path, "an IDX, .npy or text file, plain or gzip-compressed", $"other data, which starts with 0x{start}");
        }

        textOptions ??= new DelimitedTextOptions();
        return DelimitedTextReader.Read(input, textOptions with { AllowMissing = textOptions.AllowMissing || allowMissing, AnyNumbers = textOptions.AnyNumbers || anyNumbers }, name);
    }
}
