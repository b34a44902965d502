using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Training;

namespace FastRbm.Cli.Running;

/// <summary>Pictures of a model during training: filters, samples and reconstructions, the same for the same seed and epoch.</summary>
internal sealed class TrainingPictures
{
    private const int Samples = 100;
    private const int Reconstructions = 50;
    private const int Sweeps = 300;

    private readonly string _directory;
    private readonly Func<ImageShape, PixelImage> _filters;
    private readonly Rbm _rbm;
    private readonly TrainingOptions _options;
    private readonly ImageShape _shape;
    private readonly BitDataset _starts;
    private readonly Dataset _rowsToStart;
    private readonly bool _binary;
    private readonly Matrix _rows;
    private readonly RbmWorkspace _workspace;

    /// <summary>Picks rows to reconstruct and to start chains from.</summary>
    /// <param name="directory">Where they go.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="data">The rows.</param>
    /// <param name="filters">Draws the filters where they aren't the weights of hidden units one by one; or null.</param>
    public TrainingPictures(string directory, Trainer trainer, Dataset data, Func<ImageShape, PixelImage>? filters = null)
    {
        _directory = directory;
        _filters = filters ?? (shape => Pictures.Filters(trainer.Model, shape));
        _rbm = trainer.Model;
        _options = trainer.Options;
        _shape = PictureShape.Of(data);
        _workspace = new RbmWorkspace(_rbm);
        _binary = _rbm.Visible.Kind == UnitKind.Binary && _rbm.Hidden.StatesAreBits;
        _rowsToStart = _rbm.Visible.Kind == UnitKind.Binary ? data : UnitTable.Encode(_rbm.Visible, data);
        _rows = Spread(_rowsToStart, Reconstructions);
        _starts = Bits(Spread(data, Samples), data.Name);
    }

    /// <summary>Saves the pictures of an epoch.</summary>
    /// <param name="epoch">Completed epochs.</param>
    public void Save(int epoch) => Save(epoch, $"-{epoch:0000}");

    /// <summary>Saves the pictures of the finished model under names without a number.</summary>
    /// <param name="epoch">Completed epochs.</param>
    public void SaveLast(int epoch) => Save(epoch, string.Empty);

    private void Save(int epoch, string suffix)
    {
        _filters(_shape).SavePng(PathOf("filters", suffix));
        SampleFromData().SavePng(PathOf("samples", suffix));
        Reconstruct(epoch).SavePng(PathOf("reconstructions", suffix));
    }

    private string PathOf(string name, string suffix) => Path.Combine(_directory, $"{name}{suffix}.png");

    private PixelImage SampleFromData()
    {
        Matrix means = new(Samples, _rbm.Visible.Count);
        if (_binary)
        {
            using ChainSet chains = new(_rbm, Samples, _options.Seed, _options.Threads);
            chains.StartFrom(_starts);
            chains.Run(Sweeps);
            _rbm.MeanVisible(chains.Hidden, _workspace, means);
        }
        else
        {
            using UnitChains chains = new(_rbm, Samples, _options.Seed, _options.Threads);
            chains.StartFrom(_rowsToStart);
            chains.Run(Sweeps);
            Matrix hidden = new(Samples, _rbm.Hidden.Count);
            for (int chain = 0; chain < Samples; chain++)
            {
                chains.CopyHidden(chain, hidden.Row(chain));
            }

            _rbm.MeanVisible(hidden, _workspace, means);
        }

        return _binary ? Pictures.Means(means, _shape) : Pictures.Units(_rbm.Visible, means, _shape);
    }

    private PixelImage Reconstruct(int epoch)
    {
        if (!_binary)
        {
            Matrix states = new(_rows.Rows, _rbm.Hidden.Count);
            Matrix reconstructed = new(_rows.Rows, _rows.Columns);
            _rbm.SampleHidden(_rows, new RandomKey(_options.Seed, epoch), _workspace, states);
            _rbm.MeanVisible(states, _workspace, reconstructed);
            return Pictures.UnitPairs(_rbm.Visible, _rows, reconstructed, _shape);
        }

        BitDataset bits = Bits(_rows, "rows");
        BitMatrix visible = new(_rows.Rows, _rows.Columns);
        for (int row = 0; row < visible.Rows; row++)
        {
            bits.CopyBits(row, visible.Row(row));
        }

        BitMatrix hidden = new(visible.Rows, _rbm.Hidden.Count);
        Matrix means = new(visible.Rows, visible.Columns);
        _rbm.SampleHidden(visible, new RandomKey(_options.Seed, epoch), _workspace, hidden);
        _rbm.MeanVisible(hidden, _workspace, means);
        return Pictures.Pairs(_rows, means, _shape);
    }

    private static Matrix Spread(Dataset data, int most)
    {
        int count = Math.Min(most, data.Rows);
        SpreadRows spread = new(data.Rows);
        Matrix rows = new(count, data.Columns);
        for (int row = 0; row < count; row++)
        {
            data.CopyMeans(spread[row], rows.Row(row));
        }

        return rows;
    }

    private static BitDataset Bits(Matrix rows, string name)
    {
        byte[] values = new byte[rows.Rows * rows.Columns];
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<float> means = rows.Row(row);
            for (int column = 0; column < means.Length; column++)
            {
                values[(row * rows.Columns) + column] = means[column] >= 0.5f ? (byte)1 : (byte)0;
            }
        }

        return BitDataset.FromBytes(name, rows.Rows, rows.Columns, values);
    }
}
