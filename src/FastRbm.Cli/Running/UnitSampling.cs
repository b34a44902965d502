using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Cli.Running;

/// <summary>Samples of a model of units of any kinds.</summary>
internal sealed class UnitSampling : IDisposable
{
    private readonly Rbm _rbm;
    private readonly UnitChains _chains;

    /// <summary>Starts chains.</summary>
    public UnitSampling(Rbm rbm, int count, ulong seed, int threads, Dataset? rows)
    {
        _rbm = rbm;
        _chains = new UnitChains(rbm, count, seed, threads);
        if (rows is not null)
        {
            _chains.StartFrom(rows);
        }
    }

    /// <summary>Runs sweeps.</summary>
    public void Run(int sweeps) => _chains.Run(sweeps);

    /// <summary>Saves the last states as a table, or a picture of them or of the means that they were drawn from.</summary>
    public void Save(string output, bool asPicture, bool states, ImageShape shape)
    {
        Matrix rows = new(_chains.Chains, _rbm.Visible.Count);
        for (int chain = 0; chain < rows.Rows; chain++)
        {
            _chains.CopyVisible(chain, rows.Row(chain));
        }

        if (!asPicture)
        {
            Matrix table = new(rows.Rows, UnitTable.Columns(_rbm.Visible));
            for (int row = 0; row < rows.Rows; row++)
            {
                UnitTable.Decode(_rbm.Visible, rows.Row(row), table.Row(row));
            }

            NpyWriter.Write(output, table.AsSpan2D());
            return;
        }

        if (!states && !_rbm.Visible.KeepsTotal)
        {
            Matrix hidden = new(rows.Rows, _rbm.Hidden.Count);
            for (int chain = 0; chain < rows.Rows; chain++)
            {
                _chains.CopyHidden(chain, hidden.Row(chain));
            }

            _rbm.MeanVisible(hidden, new RbmWorkspace(_rbm), rows);
        }

        Pictures.Units(_rbm.Visible, rows, shape).SavePng(output);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _chains.Dispose();
}
