import { SeverityIcon } from '../icons.tsx';

interface BannerProps {
  readonly text: string;
  readonly onReload: () => void;
}

/** Says, until it is read anew, that the file is no longer what is shown. */
export function Banner({ text, onReload }: BannerProps) {
  return (
    <div class="banner" role="alert">
      <SeverityIcon severity="warning" />
      <p>{text}</p>
      <button type="button" class="action" onClick={onReload}>
        Reload
      </button>
    </div>
  );
}
