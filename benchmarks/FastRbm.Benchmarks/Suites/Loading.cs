using System.Buffers.Binary;
using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Reading files that the page cache holds: images in IDX, compressed, and a model in safetensors.</summary>
public class Loading : Suite
{
    private const int Images = 2_000;

    private string _folder = string.Empty;
    private string _idx = string.Empty;
    private string _model = string.Empty;

    /// <summary>Writes the files.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("fastrbm-benchmarks-").FullName;
        _idx = Path.Combine(_folder, "images-idx3-ubyte.gz");
        _model = Path.Combine(_folder, "model.safetensors");
        Dataset strokes = DatasetSource.Open("strokes").Take(Images);
        using (GZipStream stream = new(File.Create(_idx), CompressionLevel.Optimal))
        {
            WriteIdx(strokes, stream);
        }

        ModelFile.Save(_model, RbmInitializer.Normal(strokes, Workload.Hidden, seed: 1));
    }

    /// <summary>2,000 images of 28 x 28.</summary>
    /// <returns>The images.</returns>
    [Benchmark]
    public Dataset Idx() => IdxReader.Read(_idx);

    /// <summary>A model of 784x500, with its fixed-point copy.</summary>
    /// <returns>The model.</returns>
    [Benchmark]
    public Rbm Safetensors() => ModelFile.Load(_model);

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void End()
    {
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
            _folder = string.Empty;
        }
    }

    /// <inheritdoc/>
    public override Work WorkOf(string method) => method == nameof(Idx)
        ? new Work(Images * (double)Workload.Visible / 1e9, "GB of pixels/s")
        : new Work(4.0 * Workload.Visible * Workload.Hidden / 1e9, "GB of weights/s");

    private static void WriteIdx(Dataset images, Stream stream)
    {
        Span<byte> header = stackalloc byte[16];
        BinaryPrimitives.WriteInt32BigEndian(header, 0x00000803);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], images.Rows);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], 28);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], 28);
        stream.Write(header);
        float[] row = new float[images.Columns];
        byte[] pixels = new byte[images.Columns];
        for (int image = 0; image < images.Rows; image++)
        {
            images.CopyMeans(image, row);
            for (int pixel = 0; pixel < row.Length; pixel++)
            {
                pixels[pixel] = (byte)MathF.Round(255 * row[pixel]);
            }

            stream.Write(pixels);
        }
    }
}
