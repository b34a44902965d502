using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Models.Networks;

/// <summary>A network as a classifier: ln p(y | x) = h_L[y] - log sum_k exp(h_L[k]).</summary>
/// <remarks>Rows are taken as they are. Has a workspace of its own: one thread at a time.</remarks>
public sealed class NetworkClassifier : IClassifier
{
    private const int Batch = 120;

    private readonly Network _network;
    private readonly NetworkWorkspace _workspace;

    /// <summary>Allocates a workspace.</summary>
    /// <param name="network">The network; not copied.</param>
    public NetworkClassifier(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Throw.IfLess(network.Outputs, 2, "outputs");
        _network = network;
        _workspace = new NetworkWorkspace(network, Batch);
    }

    /// <inheritdoc/>
    public int Columns => _network.Inputs;

    /// <inheritdoc/>
    public int Classes => _network.Outputs;

    /// <inheritdoc/>
    public void LogProbabilities(IVisibleRows rows, int firstRow, Matrix destination)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(destination);
        Throw.IfLengthDiffers(rows.Columns, Columns, nameof(rows));
        Throw.IfLengthDiffers(destination.Columns, Classes, nameof(destination));
        if (firstRow < 0 || destination.Rows > rows.Rows - firstRow)
        {
            Throw.OutOfRange(nameof(firstRow), $"0 to {rows.Rows - destination.Rows}", firstRow);
        }

        for (int start = 0; start < destination.Rows; start += Batch)
        {
            int count = Math.Min(Batch, destination.Rows - start);
            for (int row = 0; row < count; row++)
            {
                rows.CopyMeans(firstRow + start + row, _workspace.Inputs.Row(row));
            }

            _network.Forward(_workspace, count);
            for (int row = 0; row < count; row++)
            {
                SoftmaxRow.Logarithms(_workspace.Outputs.Row(row), destination.Row(start + row));
            }
        }
    }
}
