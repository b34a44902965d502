using System.Buffers.Text;
using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Data;

/// <summary>Reads a file with the class of each row: IDX of rank 1, or text with one whole number a line, plain or gzipped.</summary>
/// <remarks>Stateless: thread-safe.</remarks>
public static class LabelReader
{
    /// <summary>Reads labels.</summary>
    /// <param name="path">The file. In text an empty line stands for a class that isn't known, at the end of the file for nothing.</param>
    /// <returns>A new array, one byte a row: a class, or <see cref="ClassLabels.Unlabelled"/>.</returns>
    /// <exception cref="InvalidInputException">The file can't be read, isn't such a file, or a line isn't a class from 0 to 254 or 255 for none.</exception>
    public static byte[] Read(string path)
    {
        using var input = InputFile.Open(path);
        if (IdxReader.Recognises(input.Peek(4)))
        {
            return IdxReader.ReadLabels(input);
        }

        LineReader lines = new(input);
        List<byte> labels = [];
        int named = 0;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> text = line.Trim(" \t\r"u8);
            byte label = ClassLabels.Unlabelled;
            if (!text.IsEmpty && (!Utf8Parser.TryParse(text, out label, out int used) || used != text.Length))
            {
                Throw.Input(path, "a class, a whole number from 0 to 254, or 255 for none", FoundText.Show(text), $"line {lines.Number}");
            }

            labels.Add(label);
            named = text.IsEmpty ? named : labels.Count;
        }

        labels.RemoveRange(named, labels.Count - named);
        if (labels.Count == 0)
        {
            Throw.Input(path, "labels", "none");
        }

        return [.. labels];
    }
}
